package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.stun.BindingLifetime;
import io.natconnector.stun.BindingLifetime.Result;
import io.natconnector.stun.BindingOptions;
import io.natconnector.stun.BindingServer;
import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long NATs of the virtual internet keep a binding that nobody uses, as the machine of RFC 5780, section 4.6 finds out. */
@ExtendWith(VirtualInternetExtension.class)
class BindingLifetimeTest {
    private static final List<Duration> TIMES = List.of(ofMinutes(4), ofSeconds(15), ofSeconds(30), ofSeconds(60));

    @VirtualInternetTest(seeds = 20)
    void findsBetweenWhichTimesTheNatForgets(VirtualInternet net) {
        int number = 0;
        for (NatProfile profile : List.of(NatProfile.CONE, NatProfile.PORT_RESTRICTED, NatProfile.SYMMETRIC_RANDOM)) {
            Home home = new Home(net, profile.withTimeout(ofSeconds(45)), true, ++number).lossy();
            assertThat(home.find()).as(profile.name()).isEqualTo(found(ofSeconds(30), ofSeconds(60)));
        }
    }

    @VirtualInternetTest
    void saysWhereNoTimeIsShortEnoughAndWhereNoneIsLongEnough(VirtualInternet net) {
        assertThat(new Home(net, NatProfile.CONE.withTimeout(ofSeconds(10)), true, 1).find())
                .isEqualTo(found(Duration.ZERO, ofSeconds(15)));
        assertThat(new Home(net, NatProfile.CONE.withTimeout(ofMinutes(10)), true, 2).find())
                .isEqualTo(new Result.Found(ofMinutes(4).toNanos(), Machine.NEVER));
    }

    /** A binding that has not lasted 60 s is not waited for another three minutes. */
    @VirtualInternetTest
    void doesNotWaitForLongerTimesOnceOneWasTooLong(VirtualInternet net) {
        Home home = new Home(net, NatProfile.CONE.withTimeout(ofSeconds(45)), true, 1);
        home.find();
        assertThat(net.now() - home.start).isLessThan(ofSeconds(70).toNanos());
        assertThat(home.machine.nextTimeout()).isEqualTo(Machine.NEVER);
    }

    @VirtualInternetTest
    void seesThatTheServerSendsToNoOtherPort(VirtualInternet net) {
        Home home = new Home(net, NatProfile.CONE, false, 1);
        assertThat(home.find()).isEqualTo(new Result.Unsupported());
        assertThat(net.now() - home.start).isLessThan(ofSeconds(1).toNanos());
    }

    @VirtualInternetTest
    void givesUpWhenNobodyAnswers(VirtualInternet net) {
        assertThat(new Home(net, NatProfile.UDP_BLOCKED, true, 1).find()).isEqualTo(new Result.TimedOut());
    }

    @VirtualInternetTest
    void wantsASocketForEachTimeAndTwoMore(VirtualInternet net) {
        Host host = net.host("alice", "198.51.100.9");
        assertThatThrownBy(() -> new BindingLifetime(List.of(host.endpoint(1), host.endpoint(2)), List.of(1L), host.endpoint(3),
                Retransmission.GATHERING, host.random(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Result found(Duration alive, Duration expired) {
        return new Result.Found(alive.toNanos(), expired.toNanos());
    }

    /** A host behind a NAT of its own, and a server of its own outside. */
    private static final class Home {
        private final VirtualInternet net;
        private final Host server;
        private final BindingLifetime machine;
        private final long start;

        Home(VirtualInternet net, NatProfile profile, boolean twoAddresses, int number) {
            this.net = net;
            InetSocketAddress primary = new InetSocketAddress("198.51.100." + 2 * number, 3478);
            InetSocketAddress secondary = new InetSocketAddress("198.51.100." + (2 * number + 1), 3479);
            BindingOptions options = BindingOptions.DEFAULT.withAlternate(primary, secondary);
            server = net.host("stun" + number, primary.getHostString(), secondary.getHostString());
            Program program = server.run(new BindingServer(twoAddresses ? options : BindingOptions.DEFAULT));
            options.alternate().sockets().forEach(program::bind);
            Nat nat = net.nat("nat" + number, "203.0.113." + number).profile(profile);
            Host host = net.host("host" + number, "10.0.0.2").behind(nat);
            host.access().delay(ofMillis(20));
            List<InetSocketAddress> sockets = new ArrayList<>();
            for (int port = 5000; port < 5000 + TIMES.size() + BindingLifetime.FURTHER_SOCKETS; port++) {
                sockets.add(host.endpoint(port));
            }
            start = net.now();
            machine = new BindingLifetime(sockets, TIMES.stream().map(Duration::toNanos).toList(), primary,
                    Retransmission.GATHERING, host.random(), start);
            Program client = host.run(machine);
            sockets.forEach(client::bind);
            client.mutate(now -> { });
        }

        Home lossy() {
            server.uplink().loss(0.1);
            return this;
        }

        Result find() {
            net.runUntil(() -> machine.result() != null, ofMinutes(5));
            return machine.result();
        }
    }
}
