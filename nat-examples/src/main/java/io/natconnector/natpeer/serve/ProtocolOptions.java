package io.natconnector.natpeer.serve;

import com.google.common.net.InetAddresses;
import io.natconnector.NatServerBuilder;
import io.natconnector.natpeer.cli.HostPort;
import io.natconnector.stun.Authenticator;
import java.net.InetSocketAddress;
import picocli.CommandLine.Option;

/** What of its protocols {@code natpeer serve} offers, beyond what every client needs and nobody can misuse. */
final class ProtocolOptions {
    @Option(names = "--no-tcp-relay",
            description = "No TCP connections to and from peers (RFC 6062); by default clients that come by TCP or TLS may have "
                + "them relayed.")
    private boolean noTcpRelay;

    @Option(names = "--mobility",
            description = "Clients may take their allocations along to other addresses of theirs (RFC 8016).")
    private boolean mobility;

    @Option(names = "--old-channels",
            description = "Channel numbers 0x5000 to 0x7FFF, too, as clients of RFC 5766 take them.")
    private boolean oldChannels;

    @Option(names = "--sha256-on-udp",
            description = "Offers SHA-256 for passwords (RFC 8489) over UDP, too, which makes answers to strangers longer; by "
                + "default over TCP and TLS only.")
    private boolean sha256OnUdp;

    @Option(names = "--second-address", paramLabel = "ADDRESS:PORT", converter = HostPort.Converter.class,
            description = "Helps clients to find out what their NATs do (RFC 5780). An address of ours other than --listen, and a "
                + "port other than --port.")
    private HostPort second;

    /** @throws IllegalArgumentException if options don't fit; the message names them */
    void addTo(NatServerBuilder builder) {
        builder.relay(config -> config.tcpRelay(!noTcpRelay).mobility(mobility).oldChannels(oldChannels)
                .offer(sha256OnUdp ? Authenticator.Offer.ALWAYS : Authenticator.Offer.RELIABLE));
        if (second != null) {
            if (!InetAddresses.isInetAddress(second.host())) {
                throw new IllegalArgumentException("--second-address takes an IP address and a port, such as 192.0.2.2:3479");
            }
            builder.secondAddress(new InetSocketAddress(InetAddresses.forString(second.host()), second.port()));
        }
    }
}
