package io.natconnector.testkit;

import static io.natconnector.testkit.Behavior.ADDRESS_AND_PORT_DEPENDENT;
import static io.natconnector.testkit.Behavior.ADDRESS_DEPENDENT;
import static io.natconnector.testkit.Behavior.ENDPOINT_INDEPENDENT;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simplest hole punch over every pair of NATs: both ask STUN, both send to where STUN saw the other, again and again, and
 * answer to where packets come from. Which pairs meet is known from theory and from kernel NATs.
 */
@ExtendWith(VirtualInternetExtension.class)
class HolePunchMatrixTest {
    private static final Behavior[] AXIS = Behavior.values();

    static Stream<Arguments> allPairsOfBehaviors() {
        return Stream.of(AXIS).flatMap(mapA -> Stream.of(AXIS).flatMap(filterA -> Stream.of(AXIS).flatMap(
                mapB -> Stream.of(AXIS).map(filterB -> Arguments.of(mapA, filterA, mapB, filterB)))));
    }

    @ParameterizedTest(name = "{0}/{1} with {2}/{3}")
    @MethodSource("allPairsOfBehaviors")
    void exactlyThePunchablePairsMeet(Behavior mapA, Behavior filterA, Behavior mapB, Behavior filterB, VirtualInternet net) {
        NatProfile a = NatProfile.of("a", mapA, filterA, PortAllocation.RANDOM);
        NatProfile b = NatProfile.of("b", mapB, filterB, PortAllocation.RANDOM);

        assertThat(meet(net, a, b)).isEqualTo(punchable(a, b));
    }

    static Stream<Arguments> allPairsOfProfiles() {
        return NatProfile.all().stream().flatMap(a -> NatProfile.all().stream().map(b -> Arguments.of(a, b)));
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("allPairsOfProfiles")
    void profilesMeetAsTheWorstOfTheirNatsDo(NatProfile a, NatProfile b, VirtualInternet net) {
        assertThat(meet(net, a, b)).isEqualTo(!a.blocksUdp() && !b.blocksUdp() && punchable(worst(a), worst(b)));
    }

    /** Two NATs in series behave as the worst of both on each axis. */
    private static NatProfile worst(NatProfile profile) {
        NatProfile carrier = profile.carrier();
        return carrier == null ? profile
                : profile.withMapping(profile.mapping().compareTo(carrier.mapping()) > 0 ? profile.mapping() : carrier.mapping())
                        .withFiltering(profile.filtering().compareTo(carrier.filtering()) > 0 ? profile.filtering()
                                : carrier.filtering());
    }

    /** It is enough that one side's first packets reach the other, and its answer comes back. */
    private static boolean punchable(NatProfile a, NatProfile b) {
        return hears(a, b) && answerReturns(a, b) || hears(b, a) && answerReturns(b, a);
    }

    /**
     * Whether the other's packets are let in where STUN saw us. If we are seen elsewhere by them, we have not sent to them from
     * there; if they come from an unforeseen port, we have sent to their address but not to that port.
     */
    private static boolean hears(NatProfile self, NatProfile other) {
        return self.filtering() == ENDPOINT_INDEPENDENT || self.mapping() == ENDPOINT_INDEPENDENT
                && (self.filtering() == ADDRESS_DEPENDENT || other.mapping() == ENDPOINT_INDEPENDENT);
    }

    /** Whether our answer, from where they sent to or from an unforeseen port, is let in by them. */
    private static boolean answerReturns(NatProfile self, NatProfile other) {
        return self.mapping() == ENDPOINT_INDEPENDENT || other.filtering() != ADDRESS_AND_PORT_DEPENDENT;
    }

    private static boolean meet(VirtualInternet net, NatProfile a, NatProfile b) {
        TwoPeers peers = TwoPeers.apart(net, a, b);
        peers.alice().access().delay(ofMillis(20));
        peers.bob().access().delay(ofMillis(20));
        Prober prober = new Prober(net, peers.stun());
        Puncher alice = new Puncher(peers.alice().socket(5000));
        Puncher bob = new Puncher(peers.bob().socket(5000));
        alice.target = prober.seen(alice.socket, 0, 0);
        bob.target = prober.seen(bob.socket, 0, 0);
        if (alice.target == null || bob.target == null) {
            return false;
        }
        InetSocketAddress seenAlice = alice.target;
        alice.target = bob.target;
        bob.target = seenAlice;
        for (int round = 0; round < 10; round++) {
            net.after(ofMillis(50 * round), alice::punch);
            net.after(ofMillis(50 * round), bob::punch);
        }
        return net.runUntil(() -> alice.answered && bob.answered, ofSeconds(2));
    }

    /** Sends "ping", answers a ping with "pong" to where it came from, and is answered when a pong comes. */
    private static final class Puncher {
        private final VirtualSocket socket;
        private InetSocketAddress target;
        private boolean answered;

        Puncher(VirtualSocket socket) {
            this.socket = socket;
        }

        void punch() {
            socket.onReceive((from, payload) -> {
                if (payload.getByte(payload.readerIndex() + 1) == 'o') {
                    answered = true;
                } else {
                    target = from;
                    socket.send(from, "pong");
                }
            });
            socket.send(target, "ping");
        }
    }
}
