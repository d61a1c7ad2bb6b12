package io.natconnector.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Host;
import io.natconnector.testkit.VirtualInternet;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two plaintext sessions of the same two endpoints, between the same two sockets. */
class TwoSessionsTest {
    private final VirtualInternet net = new VirtualInternet(1);
    private final Side alice = new Side(net.host("alice", "192.0.2.1"));
    private final Side bob = new Side(net.host("bob", "192.0.2.2"));

    private final class Side {
        final Host host;
        final Endpoint endpoint;
        final Map<PeerSession, String> names = new HashMap<>();
        final List<PeerSession> sessions = new ArrayList<>();
        final List<String> received = new ArrayList<>();
        Side other;

        Side(Host host) {
            this.host = host;
            this.endpoint = new Endpoint(host.random(), null);
        }

        void start(Side peer) {
            other = peer;
            endpoint.open(new InetSocketAddress(host.address(), 5000));
            host.run(endpoint, this::drained);
            host.mutate(endpoint, now -> endpoint.everyServerKnown(now));
        }

        void connect(String name) {
            host.mutate(endpoint, now -> {
                PeerSession session = endpoint.connect(SessionSettings.DEFAULT, now);
                sessions.add(session);
                names.put(session, name);
            });
        }

        private void drained() {
            for (SessionEvent event; (event = endpoint.pollEvent()) != null; ) {
                String name = names.get(event.session());
                if (event instanceof SessionEvent.Say say) {
                    net.after(Duration.ofMillis(10), () -> other.hear(name, say.text()));
                } else if (event instanceof SessionEvent.Data data) {
                    received.add(name + " " + data.payload().toString(UTF_8));
                    data.payload().release();
                }
            }
        }

        private void hear(String name, String text) {
            PeerSession session = sessions.stream().filter(each -> names.get(each).equals(name)).findFirst().orElseThrow();
            host.mutate(endpoint, now -> endpoint.hear(session, Words.parse(text), now));
        }

        void send(int session, String text) {
            PeerSession by = sessions.get(session);
            host.mutate(endpoint, now -> endpoint.send(by, Unpooled.copiedBuffer(text, UTF_8), Outlet.NONE, now));
        }
    }

    @Test
    void eachGetsWhatIsSentToIt() {
        alice.start(bob);
        bob.start(alice);
        for (String name : List.of("one", "two")) {
            alice.connect(name);
            bob.connect(name);
        }
        net.runFor(Duration.ofSeconds(1));
        for (int i = 0; i < 10; i++) {
            alice.send(1, "b" + i);
            alice.send(0, "a" + i);
        }
        bob.send(1, "back");
        net.runFor(Duration.ofSeconds(1));

        assertThat(bob.received).hasSize(20).filteredOn(text -> text.startsWith("one a")).hasSize(10);
        assertThat(bob.received).filteredOn(text -> text.startsWith("two b")).hasSize(10);
        assertThat(alice.received).containsExactly("two back");
        alice.host.mutate(alice.endpoint, alice.endpoint::close);
        bob.host.mutate(bob.endpoint, bob.endpoint::close);
        net.runFor(Duration.ofSeconds(1));
        net.close();
    }
}
