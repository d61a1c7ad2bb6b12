package io.natconnector.relay;

import java.net.Inet4Address;
import java.net.InetAddress;

/** The families of addresses by their STUN numbers (RFC 8656, section 18.6). */
enum AddressFamily {
    IPV4(1), IPV6(2);

    private final int number;

    AddressFamily(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The family of that number, or {@code null}. */
    static AddressFamily of(int number) {
        return number == 1 ? IPV4 : number == 2 ? IPV6 : null;
    }

    static AddressFamily of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }
}
