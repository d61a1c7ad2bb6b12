package io.natconnector.natpeer.serve;

import io.natconnector.NatServer;
import io.natconnector.NatServerBuilder;
import io.natconnector.natpeer.cli.Text;
import io.natconnector.natpeer.cli.WholeNumber;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** How {@code natpeer serve} is reached besides plain UDP. */
final class StreamServeOptions {
    @Option(names = "--no-tcp", description = "No TCP at --port; by default the server is there over UDP and TCP.")
    private boolean noTcp;

    @Option(names = "--tls-port", paramLabel = "N", converter = WholeNumber.PortOrAny.class,
            description = "TCP port of STUN and relay over TLS; usually 5349, or 443 to get through most firewalls.")
    private Integer tlsPort;

    @Option(names = "--dtls-port", paramLabel = "N", converter = WholeNumber.PortOrAny.class,
            description = "UDP port of STUN and relay over DTLS; usually 5349.")
    private Integer dtlsPort;

    @Option(names = "--cert", paramLabel = "PEM",
            description = "The certificate to show, and those that vouch for it. Read again when it has changed.")
    private Path certificate;

    @Option(names = "--key", paramLabel = "PEM", description = "The certificate's private key, without a password.")
    private Path key;

    @Option(names = "--self-signed", description = "Shows a certificate that nobody vouches for, in place of --cert: for tests.")
    private boolean selfSigned;

    /** @throws IllegalArgumentException if options don't fit; the message names them */
    void apply(NatServerBuilder builder, List<InetAddress> addresses, int port) {
        boolean needed = tlsPort != null || dtlsPort != null;
        require((certificate == null) == (key == null), "--cert and --key go together");
        require(certificate == null || !selfSigned, "either --cert or --self-signed");
        String first = tlsPort != null ? "--tls-port" : "--dtls-port";
        require(!needed || certificate != null || selfSigned, first + " needs --cert and --key, or --self-signed");
        require(needed || certificate == null && !selfSigned, "a certificate is for --tls-port or --dtls-port, which is not there");
        for (InetAddress address : addresses) {
            if (!noTcp) {
                builder.listenTcp(new InetSocketAddress(address, port));
            }
            if (tlsPort != null) {
                builder.listenTls(new InetSocketAddress(address, tlsPort));
            }
            if (dtlsPort != null) {
                builder.listenDtls(new InetSocketAddress(address, dtlsPort));
            }
        }
        if (certificate != null) {
            builder.certificate(certificate, key);
        } else if (selfSigned) {
            builder.selfSignedCertificate();
        }
    }

    /** Where the server is besides UDP. */
    static String text(NatServer server) {
        StringBuilder text = new StringBuilder();
        for (Transport transport : List.of(Transport.TCP, Transport.TLS, Transport.DTLS)) {
            List<InetSocketAddress> addresses = server.localAddresses(transport);
            if (!addresses.isEmpty()) {
                String list = String.join(", ", addresses.stream().map(Text::address).toList());
                text.append(String.format("%-8s%s%n", transport, list));
            }
        }
        return text.toString();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
