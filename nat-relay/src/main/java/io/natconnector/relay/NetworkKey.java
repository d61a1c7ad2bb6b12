package io.natconnector.relay;

import java.net.InetAddress;

/** A number for the network that a source stands for: an IPv4 address, or the first 64 bits of an IPv6 one. */
final class NetworkKey {
    private NetworkKey() { }

    static long of(InetAddress address) {
        byte[] bytes = address.getAddress();
        long key = bytes.length == 4 ? 0xFFFFL : 0;           // 0:0:0:ffff:: is nobody's
        for (int i = 0; i < Math.min(8, bytes.length); i++) {
            key = key << 8 | bytes[i] & 0xFF;
        }
        return key;
    }
}
