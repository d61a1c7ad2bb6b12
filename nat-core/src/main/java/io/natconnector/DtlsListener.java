package io.natconnector;

import io.natconnector.dtls.DtlsAssociation;
import io.natconnector.dtls.HelloVerifier;
import io.natconnector.dtls.VerifiedHello;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A UDP port for DTLS: who has shown that he is where he says becomes a {@link DtlsConnection}, if there is room for one more. Of
 * all others nothing is kept.
 */
final class DtlsListener implements ConnectionListener {
    private static final long COOKIE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Connections connections;
    private final SocketRequest request;
    private final DtlsSocket socket;
    private final SecureRandom random = new SecureRandom();
    private final HelloVerifier verifier;
    private final Map<InetSocketAddress, DtlsConnection> clients = new HashMap<>();
    private boolean closed;

    DtlsListener(Connections connections, SocketRequest request) {
        this.connections = connections;
        this.request = request;
        this.socket = new DtlsSocket(connections.driver(), request.address(), this::receive);
        this.verifier = new HelloVerifier(random, COOKIE_NANOS, connections.driver().now());
    }

    void open() {
        socket.open(failure -> connections.listening(request, failure == null ? this : null, failure));
    }

    @Override
    public InetSocketAddress bound() {
        return socket.bound();
    }

    private void receive(InetSocketAddress from, ByteBuf datagram) {
        DtlsConnection client = clients.get(from);
        if (HelloVerifier.isHello(datagram)) {
            VerifiedHello hello = verifier.verify(from, datagram, answer -> socket.write(answer, from), connections.driver().now());
            if (hello == null) {
                return;
            }
            if (client == null || !client.hasBegunWith(hello)) {
                replace(client, from, hello);
                return;
            }
        }
        if (client != null) {
            client.receive(datagram);
        } else {
            connections.driver().counters().strays.up();
        }
    }

    /** Somebody is there who was not, or who knows nothing of what was agreed before (RFC 6347, section 4.2.8). */
    private void replace(DtlsConnection before, InetSocketAddress from, VerifiedHello hello) {
        if (before != null) {
            before.closeNow();
        }
        if (closed || !connections.admitHandshake(from.getAddress())) {
            return;
        }
        ServerCertificate shown = connections.settings().shown().certificate();
        DtlsConnection client = new DtlsConnection(connections, socket, new FiveTuple(Transport.DTLS, bound(), from), hello,
                wake -> DtlsAssociation.server(hello, shown.key(), shown.chain(), random, connections.handshakes(), wake),
                this::gone);
        clients.put(from, client);
        client.start();
    }

    private void gone(DtlsConnection client) {
        clients.remove(client.tuple().remote(), client);
        settleClose();
    }

    @Override
    public void close() {
        closed = true;
        settleClose();
    }

    /** Those who are in go on by the same socket. */
    private void settleClose() {
        if (closed && clients.isEmpty()) {
            socket.close();
        }
    }
}
