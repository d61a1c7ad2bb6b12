package io.natconnector.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.natconnector.ice.IcePath;
import io.natconnector.relay.RelayAccess;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.VirtualInternet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** An endpoint on a virtual host, and its session with one other peer. */
final class VirtualPeer {
    final Host host;
    final Endpoint endpoint;
    final List<String> received = new ArrayList<>();
    final List<Long> receivedAt = new ArrayList<>();
    final List<SessionEvent> events = new ArrayList<>();
    final List<IcePath> paths = new ArrayList<>();
    private final VirtualInternet net;
    private final List<String> mailbox = new ArrayList<>();
    private Duration signalingDelay = Duration.ZERO;
    private UnaryOperator<String> signaling = text -> text;
    private VirtualPeer other;
    private PeerSession session;
    private SessionSettings settings = SessionSettings.DEFAULT;
    private boolean started;
    private long connectedAt = -1;
    private X509Certificate peer;
    private SessionFailure failure;

    VirtualPeer(VirtualInternet net, Host host) {
        this(net, host, null);
    }

    /** @param encryption {@code null} for plaintext */
    VirtualPeer(VirtualInternet net, Host host, Encryption encryption) {
        this.net = net;
        this.host = host;
        this.endpoint = new Endpoint(host.random(), encryption);
    }

    /** Opens sockets and asks the servers, from now on. */
    VirtualPeer start(List<InetSocketAddress> stunServers, List<RelayAccess> relays) {
        for (InetAddress address : host.addresses()) {
            endpoint.open(new InetSocketAddress(address, 0));
        }
        host.run(endpoint, this::drained);
        started = true;
        host.mutate(endpoint, now -> {
            stunServers.forEach(server -> endpoint.addStunServer(server, now));
            relays.forEach(relay -> endpoint.addRelay(relay, now));
            endpoint.everyServerKnown(now);
        });
        return this;
    }

    VirtualPeer settings(SessionSettings settings) {
        this.settings = settings;
        return this;
    }

    /** How long words take from this peer to the other, and what becomes of them underway ({@code null}: lost). */
    VirtualPeer signaling(Duration delay, UnaryOperator<String> underway) {
        signalingDelay = delay;
        signaling = underway;
        return this;
    }

    void connect(VirtualPeer peer) {
        other = peer;
        host.mutate(endpoint, now -> {
            session = endpoint.connect(settings, now);
            List<String> early = List.copyOf(mailbox);
            mailbox.clear();
            early.forEach(text -> endpoint.hear(session, Words.parse(text), now));
        });
    }

    private void drained() {
        for (SessionEvent event; (event = endpoint.pollEvent()) != null; ) {
            if (event instanceof SessionEvent.Say say) {
                String text = signaling.apply(say.text());
                if (text != null) {
                    net.after(signalingDelay, () -> other.hear(text));
                }
                continue;
            }
            events.add(event);
            if (event instanceof SessionEvent.Connected connected) {
                connectedAt = net.now();
                peer = connected.peer();
                paths.add(connected.path());
            } else if (event instanceof SessionEvent.PathChanged changed) {
                paths.add(changed.to());
            } else if (event instanceof SessionEvent.Data data) {
                received.add(data.payload().toString(UTF_8));
                receivedAt.add(net.now());
                data.payload().release();
            } else if (event instanceof SessionEvent.Ended ended) {
                failure = ended.failure();
            }
        }
    }

    private void hear(String text) {
        if (session == null) {
            mailbox.add(text);
        } else {
            host.mutate(endpoint, now -> endpoint.hear(session, Words.parse(text), now));
        }
    }

    void send(String text) {
        ByteBuf payload = Unpooled.copiedBuffer(text, UTF_8);
        host.mutate(endpoint, now -> {
            endpoint.send(session, payload, Outlet.NONE, now);
            payload.release();
        });
    }

    /** Whether such a datagram is known to be too long for the path. */
    boolean isRefused(String text) {
        boolean[] refused = new boolean[1];
        host.mutate(endpoint, now -> refused[0] = endpoint.refuses(session, Unpooled.copiedBuffer(text, UTF_8), now));
        return refused[0];
    }

    void restart() {
        host.mutate(endpoint, now -> endpoint.restart(session, now));
    }

    void closeIfStarted() {
        if (started) {
            host.mutate(endpoint, endpoint::close);
        }
    }

    PeerSession session() {
        return session;
    }

    /** Who the other one has proved to be. */
    X509Certificate peer() {
        return peer;
    }

    boolean isConnected() {
        return connectedAt >= 0;
    }

    /** Nanoseconds since the beginning. */
    long connectedAt() {
        return connectedAt;
    }

    IcePath path() {
        return session.path();
    }

    boolean isDirect() {
        return path() != null && !path().isRelayed();
    }

    SessionFailure failure() {
        return failure;
    }

    SessionReport report() {
        return endpoint.report(session, net.now());
    }
}
