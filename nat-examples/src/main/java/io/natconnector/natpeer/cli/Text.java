package io.natconnector.natpeer.cli;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;

/** How things are written, for people and in JSON. */
public final class Text {
    private Text() { }

    /** {@code 192.0.2.1:3478}, {@code [2001:db8::1]:3478}; resolved addresses only. */
    public static String address(InetSocketAddress address) {
        return InetAddresses.toUriString(address.getAddress()) + ":" + address.getPort();
    }

    /** Milliseconds with one decimal, without the unit. */
    public static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toNanos() / 1e6);
    }
}
