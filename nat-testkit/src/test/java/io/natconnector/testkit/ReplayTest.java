package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A seed is a run, and many hosts are as deterministic as few. */
class ReplayTest {
    private record Run(String trace, long digest, int answers, long delivered) { }

    @Test
    void theSameSeedIsTheSameRunToThePacket() {
        Run first = chaos(42, 20);
        Run second = chaos(42, 20);

        assertThat(first.trace()).isNotBlank().isEqualTo(second.trace());
        assertThat(first).isEqualTo(second);
    }

    @Test
    void anotherSeedIsAnotherRun() {
        assertThat(chaos(42, 20).digest()).isNotEqualTo(chaos(43, 20).digest());
    }

    @Test
    void tenThousandSeedsOfASmallScenarioAreTenThousandRuns() {
        Set<Long> digests = new HashSet<>();
        int arrived = 0;
        for (int seed = 0; seed < 10_000; seed++) {
            try (VirtualInternet net = new VirtualInternet(seed)) {
                TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.OPEN);
                peers.natA().uplink().delay(ofMillis(20)).jitter(ofMillis(5)).loss(0.5);
                VirtualSocket alice = peers.alice().socket(0);
                VirtualSocket server = peers.stun().socket(3478).echo();
                alice.send(server.address(), "there and back");
                net.runFor(ofSeconds(1));
                arrived += alice.hasReceived() ? 1 : 0;
                digests.add(net.digest());
            }
        }
        // a quarter survives both ways; five standard deviations are 216
        assertThat(arrived).isBetween(2_284, 2_716);
        // half are lost on the way out, and some of those 5000 have drawn the same of 28232 ports: 440 by the birthday formula
        assertThat(digests.size()).isGreaterThan(9_400);
    }

    @Test
    void aThousandHostsTalkToOneHub() {
        Run run = chaos(1, 1_000);

        assertThat(run.answers()).isGreaterThan(8_000);
        assertThat(run).isEqualTo(chaos(1, 1_000));
    }

    /** Hosts behind NATs of all kinds ping a hub ten times each at random intervals, over bad links, and some NATs reboot. */
    private static Run chaos(long seed, int hosts) {
        try (VirtualInternet net = new VirtualInternet(seed)) {
            net.trace().keep(hosts > 100 ? 0 : 10_000);
            Host server = net.host("hub", "203.0.113.1");
            Hub hub = new Hub();
            InetSocketAddress at = server.bind(hub, 3478);
            List<NatProfile> profiles = NatProfile.all();
            List<Pinger> pingers = new ArrayList<>();
            for (int i = 0; i < hosts; i++) {
                Nat nat = net.nat("nat" + i, "198.51." + i / 250 + "." + (1 + i % 250)).profile(profiles.get(i % profiles.size()));
                nat.uplink().delay(ofMillis(10 + i % 50)).jitter(ofMillis(5)).loss(0.01).duplication(0.01).reordering(0.01);
                Host host = net.host("host" + i, "10.0.0.2").behind(nat);
                Pinger pinger = new Pinger(host.endpoint(5000), at, host.random());
                host.bind(pinger, 5000);
                pingers.add(pinger);
                if (i % 7 == 0) {
                    net.at(ofMillis(500), nat::reboot);
                }
            }
            net.runFor(ofSeconds(10));
            int answers = pingers.stream().mapToInt(pinger -> pinger.answers).sum();
            return new Run(net.trace().toString(), net.digest(), answers, net.count(Fate.DELIVERED));
        }
    }

    private static final class Hub implements Machine {
        private final Queue<Datagram> out = new ArrayDeque<>();

        @Override
        public boolean receive(Datagram datagram, long now) {
            out.add(datagram.reply(datagram.payload().retain()));
            return true;
        }

        @Override
        public void handleTimeout(long now) { }

        @Override
        public long nextTimeout() {
            return NEVER;
        }

        @Override
        public Datagram pollTransmit() {
            return out.poll();
        }
    }

    private static final class Pinger implements Machine {
        private final InetSocketAddress self;
        private final InetSocketAddress hub;
        private final RandomGenerator random;
        private long next;
        private int left = 10;
        private boolean due;
        private int answers;

        Pinger(InetSocketAddress self, InetSocketAddress hub, RandomGenerator random) {
            this.self = self;
            this.hub = hub;
            this.random = random;
        }

        @Override
        public boolean receive(Datagram datagram, long now) {
            answers++;
            return true;
        }

        @Override
        public void handleTimeout(long now) {
            if (now >= next && left > 0) {
                left--;
                due = true;
                next = now + random.nextLong(100_000_000, 300_000_000);
            }
        }

        @Override
        public long nextTimeout() {
            return left > 0 ? next : NEVER;
        }

        @Override
        public Datagram pollTransmit() {
            if (!due) {
                return null;
            }
            due = false;
            return Datagram.udp(self, hub, ByteBufAllocator.DEFAULT.ioBuffer(100).writeZero(100));
        }
    }
}
