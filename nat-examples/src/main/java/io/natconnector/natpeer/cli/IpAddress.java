package io.natconnector.natpeer.cli;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For options that take an IP address; names are not looked up. */
public final class IpAddress implements ITypeConverter<InetAddress> {
    @Override
    public InetAddress convert(String value) {
        if (InetAddresses.isInetAddress(value)) {
            return InetAddresses.forString(value);
        }
        throw new TypeConversionException("expected an IP address, such as 192.0.2.1 or 2001:db8::1, not '" + value + "'");
    }
}
