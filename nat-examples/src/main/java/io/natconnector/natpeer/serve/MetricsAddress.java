package io.natconnector.natpeer.serve;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For {@code --metrics}: {@code ADDRESS:PORT}, or a port alone, which is one of loopback. Port 0 takes any free one. */
final class MetricsAddress implements ITypeConverter<InetSocketAddress> {
    private static final int LAST_PORT = 65_535;

    @Override
    public InetSocketAddress convert(String value) {
        if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= LAST_PORT) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(value));
        }
        try {
            HostAndPort parsed = HostAndPort.fromString(value).requireBracketsForIPv6();
            return new InetSocketAddress(InetAddresses.forString(parsed.getHost()), parsed.getPort());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new TypeConversionException("expected ADDRESS:PORT, such as 127.0.0.1:9090 or [::1]:9090, or a port of loopback, "
                    + "not '" + value + "'");
        }
    }
}
