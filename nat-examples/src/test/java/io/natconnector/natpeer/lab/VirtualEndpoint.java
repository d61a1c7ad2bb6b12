package io.natconnector.natpeer.lab;

import io.natconnector.ice.IcePath;
import io.natconnector.relay.RelayAccess;
import io.natconnector.session.Endpoint;
import io.natconnector.session.PeerSession;
import io.natconnector.session.SessionEvent;
import io.natconnector.session.SessionSettings;
import io.natconnector.session.Words;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** An endpoint on a virtual host, and its session with the other one: opened by us, or when we hear the other's words. */
final class VirtualEndpoint {
    /** Over the broker: up by one uplink and down by the other. */
    private static final Duration SIGNALING = Duration.ofMillis(50);

    private final VirtualInternet net;
    private final Host host;
    private final Endpoint endpoint;
    private VirtualEndpoint other;
    private PeerSession session;
    private boolean ended;

    VirtualEndpoint(VirtualInternet net, Host host) {
        this.net = net;
        this.host = host;
        this.endpoint = new Endpoint(host.random(), null);
    }

    void start(VirtualEndpoint peer, List<RelayAccess> relays, InetSocketAddress... stunServers) {
        other = peer;
        for (InetAddress address : host.addresses()) {
            endpoint.open(new InetSocketAddress(address, 0));
        }
        host.run(endpoint, this::drained);
        host.mutate(endpoint, now -> {
            for (InetSocketAddress server : stunServers) {
                endpoint.addStunServer(server, now);
            }
            relays.forEach(relay -> endpoint.addRelay(relay, now));
            endpoint.everyServerKnown(now);
        });
    }

    void connect() {
        host.mutate(endpoint, now -> session = endpoint.connect(SessionSettings.DEFAULT, now));
    }

    private void hear(String text) {
        if (session == null) {
            connect();
        }
        host.mutate(endpoint, now -> endpoint.hear(session, Words.parse(text), now));
    }

    private void drained() {
        for (SessionEvent event; (event = endpoint.pollEvent()) != null; ) {
            if (event instanceof SessionEvent.Say say) {
                net.after(SIGNALING, () -> other.hear(say.text()));
            } else if (event instanceof SessionEvent.Data data) {
                data.payload().release();
            } else if (event instanceof SessionEvent.Ended) {
                ended = true;
            }
        }
    }

    /** {@code null} while there is none. */
    IcePath path() {
        return session == null || ended ? null : session.path();
    }

    boolean hasEnded() {
        return ended;
    }

    void close() {
        host.mutate(endpoint, endpoint::close);
    }
}
