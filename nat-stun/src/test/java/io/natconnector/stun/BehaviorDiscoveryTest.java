package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.BehaviorDiscovery.Result;
import io.natconnector.stun.NatBehavior.Filtering;
import io.natconnector.stun.NatBehavior.Mapping;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BehaviorDiscoveryTest {
    private static final InetSocketAddress LOCAL = address("10.0.0.7", 40000);
    private static final InetSocketAddress SERVER = address("198.51.100.1", 3478);
    private static final InetSocketAddress SECOND = address("198.51.100.2", 3479);
    private static final Retransmission SCHEDULE = Retransmission.GATHERING;
    private static final Predicate<Datagram> NO_LOSS = datagram -> false;

    private final BindingServer server = new BindingServer(BindingOptions.DEFAULT.withAlternate(SERVER, SECOND));
    private final BehaviorDiscovery discovery = new BehaviorDiscovery(LOCAL, SERVER, SCHEDULE, new SplittableRandom(1), 0);
    private long now;

    @ParameterizedTest
    @CsvSource({
        "ENDPOINT_INDEPENDENT, ENDPOINT_INDEPENDENT, true", "ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, false",
        "ENDPOINT_INDEPENDENT, ADDRESS_AND_PORT_DEPENDENT, true", "ADDRESS_DEPENDENT, ENDPOINT_INDEPENDENT, false",
        "ADDRESS_DEPENDENT, ADDRESS_DEPENDENT, true", "ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, false",
        "ADDRESS_AND_PORT_DEPENDENT, ENDPOINT_INDEPENDENT, true", "ADDRESS_AND_PORT_DEPENDENT, ADDRESS_DEPENDENT, false",
        "ADDRESS_AND_PORT_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, true",
        "NONE, ENDPOINT_INDEPENDENT, true", "NONE, ADDRESS_DEPENDENT, true", "NONE, ADDRESS_AND_PORT_DEPENDENT, true"})
    void recognisesEveryNatOfRfc4787(Mapping mapping, Filtering filtering, boolean hairpin) {
        Nat nat = new Nat(mapping, filtering, hairpin);
        run(nat, NO_LOSS);
        assertThat(discovery.result()).isEqualTo(new Result.Found(new NatBehavior(nat.first(), mapping, filtering, hairpin)));
        assertThat(discovery.nextTimeout()).isEqualTo(Machine.NEVER);
    }

    @Test
    void recognisesThemOverALossyLinkToo() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Mapping mapping = Mapping.values()[random.nextInt(4)];
            Filtering filtering = Filtering.values()[random.nextInt(3)];
            Nat nat = new Nat(mapping, filtering, true);
            BehaviorDiscoveryTest run = new BehaviorDiscoveryTest();
            run.run(nat, datagram -> random.nextInt(10) == 0);
            assertThat(run.discovery.result()).as("seed " + seed)
                    .isEqualTo(new Result.Found(new NatBehavior(nat.first(), mapping, filtering, true)));
        }
    }

    @Test
    void seesThatTheServerHasNoSecondAddress() {
        BindingServer plain = new BindingServer();
        deliver(plain, poll());
        deliver(discovery, Bytes.unpooled(plain.pollTransmit()));
        assertThat(discovery.result()).isEqualTo(new Result.Unsupported(LOCAL));
    }

    @Test
    void tellsTheServersRefusal() {
        Datagram request = poll();
        deliver(discovery, Bytes.unpooled(request.reply(StunWriter.answer(StunMessage.parse(request.payload()), StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(403)).end())));
        assertThat(discovery.result()).isEqualTo(new Result.Refused(ErrorCode.of(403)));
    }

    @Test
    void givesUpWhenNobodyAnswers() {
        run(new Nat(Mapping.NONE, Filtering.ENDPOINT_INDEPENDENT, false), datagram -> true);
        assertThat(discovery.result()).isEqualTo(new Result.TimedOut());
        assertThat(now).isEqualTo(MILLISECONDS.toNanos(7900));
    }

    @Test
    void doesNotBlameTheNatWhenTheSecondAddressIsDead() {
        Nat nat = new Nat(Mapping.ADDRESS_DEPENDENT, Filtering.ENDPOINT_INDEPENDENT, true);
        run(nat, datagram -> datagram.from().getAddress().equals(SECOND.getAddress())
                || datagram.to().getAddress().equals(SECOND.getAddress()));
        NatBehavior behavior = ((Result.Found) discovery.result()).behavior();
        assertThat(behavior.mapping()).isEqualTo(Mapping.UNKNOWN);
        assertThat(behavior.filtering()).isEqualTo(Filtering.UNKNOWN);
    }

    @Test
    void leavesOthersDatagramsAlone() {
        poll();
        for (String hex : List.of("0101 0000 2112a442" + "00".repeat(12), "00", "")) {
            assertThat(discovery.receive(Datagram.udp(SERVER, LOCAL, Bytes.buffer(hex)), 1)).isFalse();
        }
    }

    private Datagram poll() {
        return Bytes.unpooled(discovery.pollTransmit());
    }

    private void deliver(Machine machine, Datagram datagram) {
        machine.receive(datagram, now);
    }

    private void run(Nat nat, Predicate<Datagram> loss) {
        ArrayDeque<Datagram> wire = new ArrayDeque<>();
        while (discovery.result() == null) {
            for (Datagram d; (d = discovery.pollTransmit()) != null;) {
                nat.outbound(Bytes.unpooled(d)).filter(loss.negate()).forEach(wire::add);
            }
            for (Datagram d; (d = server.pollTransmit()) != null;) {
                wire.add(Bytes.unpooled(d));
                if (loss.test(wire.peekLast())) {
                    wire.removeLast();
                }
            }
            Datagram arrived = wire.poll();
            if (arrived == null) {
                now = discovery.nextTimeout();
                discovery.handleTimeout(now);
            } else if (server(arrived.to())) {
                deliver(server, arrived);
            } else {
                Datagram inside = nat.inbound(arrived);
                if (inside != null) {
                    deliver(discovery, inside);
                }
            }
        }
    }

    private static boolean server(InetSocketAddress address) {
        return BindingOptions.DEFAULT.withAlternate(SERVER, SECOND).alternate().sockets().contains(address);
    }

    /** One host behind one NAT. */
    private static final class Nat {
        private final Mapping mapping;
        private final Filtering filtering;
        private final boolean hairpin;
        private final Map<Object, InetSocketAddress> mapped = new HashMap<>();
        private final Map<InetSocketAddress, Set<Object>> sentTo = new HashMap<>();

        Nat(Mapping mapping, Filtering filtering, boolean hairpin) {
            this.mapping = mapping;
            this.filtering = filtering;
            this.hairpin = hairpin;
        }

        InetSocketAddress first() {
            return mapping == Mapping.NONE ? LOCAL : address("203.0.113.9", 61000);
        }

        Stream<Datagram> outbound(Datagram datagram) {
            InetSocketAddress source = mapping == Mapping.NONE ? LOCAL
                    : mapped.computeIfAbsent(mappingKey(datagram.to()), key -> address("203.0.113.9", 61000 + mapped.size()));
            sentTo.computeIfAbsent(source, key -> new HashSet<>()).add(filterKey(datagram.to()));
            boolean loops = datagram.to().getAddress().equals(first().getAddress());
            return loops && !hairpin ? Stream.of()
                    : Stream.of(Datagram.udp(source, datagram.to(), datagram.payload()));
        }

        Datagram inbound(Datagram datagram) {
            boolean loops = datagram.from().getAddress().equals(datagram.to().getAddress());
            return sentTo.containsKey(datagram.to()) && (loops || sentTo.get(datagram.to()).contains(filterKey(datagram.from())))
                    ? Datagram.udp(datagram.from(), LOCAL, datagram.payload()) : null;
        }

        private Object mappingKey(InetSocketAddress remote) {
            return switch (mapping) {
                case ADDRESS_DEPENDENT -> remote.getAddress();
                case ADDRESS_AND_PORT_DEPENDENT -> remote;
                default -> "";
            };
        }

        private Object filterKey(InetSocketAddress remote) {
            return switch (filtering) {
                case ADDRESS_DEPENDENT -> remote.getAddress();
                case ADDRESS_AND_PORT_DEPENDENT -> remote;
                default -> List.of();
            };
        }
    }
}
