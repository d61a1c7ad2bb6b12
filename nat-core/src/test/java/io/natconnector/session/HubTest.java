package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.BindingServer;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Many peers of one endpoint, behind one socket. */
class HubTest {
    private static final int PEERS = 1000;
    private static final Duration SIGNALING = Duration.ofMillis(20);
    private static final InetSocketAddress STUN = new InetSocketAddress("203.0.113.10", 3478);

    private final VirtualInternet net = new VirtualInternet(11);
    private final Endpoint hub = new Endpoint(net.random("hub"), null);
    private final Map<PeerSession, Guest> guests = new HashMap<>();
    private final List<Double> times = new ArrayList<>();
    private Host hubHost;

    /** One that joins. */
    private final class Guest {
        final Endpoint endpoint;
        final Host host;
        final double startedAt = net.now() / 1e6;
        PeerSession session;
        PeerSession atHub;
        int connected;

        Guest(Host host) {
            this.host = host;
            this.endpoint = new Endpoint(host.random(), null);
            endpoint.open(new InetSocketAddress(host.address(), 0));
            host.run(endpoint, this::drained);
            host.mutate(endpoint, now -> {
                endpoint.addStunServer(STUN, now);
                endpoint.everyServerKnown(now);
                session = endpoint.connect(SessionSettings.DEFAULT, now);
            });
        }

        private void drained() {
            for (SessionEvent event; (event = endpoint.pollEvent()) != null; ) {
                if (event instanceof SessionEvent.Say say) {
                    net.after(SIGNALING, () -> hubHears(this, say.text()));
                } else if (event instanceof SessionEvent.Connected) {
                    connected();
                }
            }
        }

        void connected() {
            if (++connected == 2) {
                times.add(net.now() / 1e6 - startedAt);
            }
        }
    }

    private void hubHears(Guest guest, String text) {
        hubHost.mutate(hub, now -> {
            if (guest.atHub == null) {
                guest.atHub = hub.connect(SessionSettings.DEFAULT, now);
                guests.put(guest.atHub, guest);
            }
            hub.hear(guest.atHub, Words.parse(text), now);
        });
    }

    private void hubDrained() {
        for (SessionEvent event; (event = hub.pollEvent()) != null; ) {
            Guest guest = guests.get(event.session());
            if (event instanceof SessionEvent.Say say) {
                net.after(SIGNALING, () -> guest.host.mutate(guest.endpoint,
                        now -> guest.endpoint.hear(guest.session, Words.parse(say.text()), now)));
            } else if (event instanceof SessionEvent.Connected) {
                guest.connected();
            }
        }
    }

    @Test
    void aThousandPeersJoinWithinAMinuteAndNoneWaitsLong() {
        net.host("stun", "203.0.113.10").bind(new BindingServer(), STUN.getPort());
        hubHost = net.host("hub", "192.0.2.1");
        hubHost.uplink().delay(Duration.ofMillis(25)).loss(0.05);
        hub.open(new InetSocketAddress(hubHost.address(), 0));
        hubHost.run(hub, this::hubDrained);
        hubHost.mutate(hub, now -> {
            hub.addStunServer(STUN, now);
            hub.everyServerKnown(now);
        });
        for (int i = 0; i < PEERS; i++) {
            int number = i;
            net.after(Duration.ofMillis(60L * i), () -> {
                var nat = net.nat("nat" + number, "198.18." + number / 250 + "." + (1 + number % 250))
                        .profile(NatProfile.PORT_RESTRICTED);
                nat.uplink().delay(Duration.ofMillis(25)).loss(0.05);
                new Guest(net.host("guest" + number, "10.0.0.2").behind(nat));
            });
        }

        net.runFor(Duration.ofSeconds(65));

        assertThat(times).hasSize(PEERS);
        assertThat(times).allMatch(time -> time <= 2000);
        assertThat(hub.sockets()).hasSize(1);
        assertThat(hub.sessionCount()).isEqualTo(PEERS);
        guests.values().forEach(guest -> guest.host.mutate(guest.endpoint, guest.endpoint::close));
        hubHost.mutate(hub, hub::close);
        net.runFor(Duration.ofSeconds(1));
        net.close();
    }
}
