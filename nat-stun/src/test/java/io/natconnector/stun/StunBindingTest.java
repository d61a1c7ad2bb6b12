package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.StunBinding.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StunBindingTest {
    private static final InetSocketAddress LOCAL = address("192.0.2.7", 40000);
    private static final InetSocketAddress SERVER = address("198.51.100.1", 3478);
    private static final InetSocketAddress PUBLIC = address("203.0.113.9", 61234);
    private static final long START = 1_000_000_000_000L;

    private final StunBinding binding = binding(Retransmission.GATHERING, 1);

    @Test
    void asksAtOnceWithHeaderAndFingerprintOnly() {
        Datagram datagram = Bytes.unpooled(binding.pollTransmit());
        assertThat(datagram.from()).isEqualTo(LOCAL);
        assertThat(datagram.to()).isEqualTo(SERVER);
        StunMessage request = StunMessage.parse(datagram.payload());
        assertThat(request.is(StunMethod.BINDING, StunClass.REQUEST)).isTrue();
        assertThat(request.hasFingerprint()).isTrue();
        assertThat(request.size()).isEqualTo(28);
        assertThat(binding.pollTransmit()).isNull();
        assertThat(binding.result()).isNull();
    }

    @Test
    void asksByItsScheduleUntilItGivesUp() {
        List<Long> sent = new ArrayList<>();
        long now = START;
        while (binding.result() == null) {
            for (Datagram d; (d = binding.pollTransmit()) != null;) {
                sent.add((now - START) / 1_000_000);
                d.payload().release();
            }
            now = binding.nextTimeout();
            binding.handleTimeout(now);
        }
        assertThat(sent).containsExactly(0L, 100L, 300L, 700L, 1500L, 3100L, 6300L);
        assertThat(now - START).isEqualTo(MILLISECONDS.toNanos(7900));
        assertThat(binding.result()).isEqualTo(new Result.TimedOut());
        assertThat(binding.nextTimeout()).isEqualTo(Machine.NEVER);
        assertThat(binding.pollTransmit()).isNull();
    }

    @Test
    void doesNothingWhenATimerFiresEarly() {
        poll(binding);
        binding.handleTimeout(START + MILLISECONDS.toNanos(99));
        assertThat(binding.pollTransmit()).isNull();
    }

    @Test
    void sendsOneRequestAfterAPauseHoweverManyWereDue() {
        poll(binding);
        binding.handleTimeout(START + MILLISECONDS.toNanos(1600));
        assertThat(poll(binding)).isNotNull();
        assertThat(binding.nextTimeout()).isEqualTo(START + MILLISECONDS.toNanos(3100));
    }

    @Test
    void tellsMappedAddressAndRoundTrip() {
        Datagram request = poll(binding);
        assertThat(binding.receive(success(request), START + 30)).isTrue();
        assertThat(binding.result()).isEqualTo(new Result.Mapped(PUBLIC, 30));
        assertThat(binding.nextTimeout()).isEqualTo(Machine.NEVER);
    }

    @Test
    void measuresTheRoundTripOfTheRequestThatWasAnsweredNotOfAnotherOne() {
        long second = START + MILLISECONDS.toNanos(100);
        Datagram first = poll(binding);
        binding.handleTimeout(second);
        Datagram again = poll(binding);
        assertThat(StunMessage.transactionId(again.payload())).isNotEqualTo(StunMessage.transactionId(first.payload()));

        StunBinding twin = binding(Retransmission.GATHERING, 1);
        poll(twin);
        twin.handleTimeout(second);
        poll(twin);

        binding.receive(success(first), second + 50);
        assertThat(binding.result()).isEqualTo(new Result.Mapped(PUBLIC, MILLISECONDS.toNanos(100) + 50));
        twin.receive(success(again), second + 50);
        assertThat(twin.result()).isEqualTo(new Result.Mapped(PUBLIC, 50));
    }

    @Test
    void keepsTheFirstAnswerAndSwallowsTheOthers() {
        Datagram request = poll(binding);
        binding.receive(success(request), START + 1);
        Datagram other = answer(request, StunAttribute.XOR_MAPPED_ADDRESS, address("203.0.113.10", 1));
        assertThat(binding.receive(other, START + 2)).isTrue();
        assertThat(binding.result()).isEqualTo(new Result.Mapped(PUBLIC, 1));
    }

    @Test
    void readsAPlainMappedAddressFromAnOldServer() {
        Datagram request = poll(binding);
        StunWriter writer = StunWriter.answer(StunMessage.parse(request.payload()), StunClass.SUCCESS)
                .put(StunAttribute.MAPPED_ADDRESS, PUBLIC).put(StunAttribute.SOURCE_ADDRESS, SERVER)
                .put(StunAttribute.CHANGED_ADDRESS, SERVER);
        binding.receive(Bytes.unpooled(request.reply(writer.end())), START + 5);
        assertThat(binding.result()).isEqualTo(new Result.Mapped(PUBLIC, 5));
    }

    @Test
    void prefersTheXorForm() {
        Datagram request = poll(binding);
        StunWriter writer = StunWriter.answer(StunMessage.parse(request.payload()), StunClass.SUCCESS)
                .put(StunAttribute.MAPPED_ADDRESS, address("10.0.0.1", 1)).put(StunAttribute.XOR_MAPPED_ADDRESS, PUBLIC);
        binding.receive(Bytes.unpooled(request.reply(writer.end())), START + 5);
        assertThat(binding.result()).isEqualTo(new Result.Mapped(PUBLIC, 5));
    }

    @Test
    void leavesOthersDatagramsAlone() {
        Datagram request = poll(binding);
        Datagram answer = success(request);
        assertThat(binding.receive(Datagram.udp(PUBLIC, LOCAL, answer.payload()), START)).as("another server").isFalse();
        assertThat(binding.receive(Datagram.udp(SERVER, PUBLIC, answer.payload()), START)).as("another socket").isFalse();
        assertThat(binding.receive(new Datagram(Transport.TCP, SERVER, LOCAL, answer.payload()), START)).as("TCP").isFalse();
        assertThat(binding.receive(request.reply(Bytes.buffer("17 fe fd 00")), START)).as("not STUN").isFalse();
        Datagram foreign = success(poll(binding(Retransmission.GATHERING, 2)));
        assertThat(binding.receive(foreign, START)).as("another transaction").isFalse();
        assertThat(binding.result()).isNull();
    }

    @Test
    void discardsAnswersThatItMayNotUseAndGoesOnAsking() {
        Datagram request = poll(binding);
        StunMessage message = StunMessage.parse(request.payload());
        List<StunWriter> useless = List.of(
                StunWriter.answer(message, StunClass.SUCCESS),
                StunWriter.answer(message, StunClass.ERROR),
                StunWriter.answer(message, StunClass.REQUEST),
                StunWriter.answer(message, StunClass.INDICATION).put(StunAttribute.XOR_MAPPED_ADDRESS, PUBLIC),
                StunWriter.write(StunMethod.ALLOCATE, StunClass.SUCCESS, message.transactionId())
                        .put(StunAttribute.XOR_MAPPED_ADDRESS, PUBLIC),
                StunWriter.answer(message, StunClass.SUCCESS).put(StunAttribute.XOR_MAPPED_ADDRESS, address("203.0.113.9", 0)),
                StunWriter.answer(message, StunClass.SUCCESS).put(StunAttribute.XOR_MAPPED_ADDRESS, address("0.0.0.0", 7)),
                StunWriter.answer(message, StunClass.SUCCESS).put(StunAttribute.XOR_MAPPED_ADDRESS, address("ff02::1", 7)));
        for (StunWriter writer : useless) {
            assertThat(binding.receive(Bytes.unpooled(request.reply(writer.end())), START + 1)).isTrue();
        }
        Datagram damaged = success(request);
        damaged.payload().setByte(25, 7);                      // an address family that doesn't exist
        assertThat(binding.receive(damaged, START + 1)).isTrue();
        ByteBuf unknown = Unpooled.buffer().writeBytes(success(request).payload()).writeInt(0x7FFF0000);
        unknown.setShort(2, 16);                               // RFC 8489, section 6.3.3
        assertThat(binding.receive(request.reply(unknown), START + 1)).isTrue();
        assertThat(binding.result()).isNull();

        binding.receive(success(request), START + 9);
        assertThat(binding.result()).isEqualTo(new Result.Mapped(PUBLIC, 9));
    }

    @Test
    void tellsTheServersRefusalAndWhereElseToAsk() {
        Datagram request = poll(binding);
        StunWriter writer = StunWriter.answer(StunMessage.parse(request.payload()), StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, new ErrorCode(300, "elsewhere")).put(StunAttribute.ALTERNATE_SERVER, PUBLIC);
        binding.receive(Bytes.unpooled(request.reply(writer.fingerprint())), START);
        assertThat(binding.result()).isEqualTo(new Result.Refused(new ErrorCode(300, "elsewhere"), PUBLIC));

        StunBinding other = binding(Retransmission.STANDARD, 3);
        request = poll(other);
        writer = StunWriter.answer(StunMessage.parse(request.payload()), StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(403)).put(StunAttribute.ALTERNATE_SERVER, PUBLIC);
        other.receive(Bytes.unpooled(request.reply(writer.fingerprint())), START);
        assertThat(other.result()).isEqualTo(new Result.Refused(ErrorCode.of(403), null));
    }

    /** Lossy links in virtual time, against the real server machine; each seed replays its run. */
    @Test
    void findsItsAddressOverLossyLinksAndTellsTheTrueRoundTrip() {
        int mapped = 0;
        for (long seed = 1; seed <= 2000; seed++) {
            StunBinding lossy = binding(Retransmission.STANDARD, seed);
            run(lossy, new BindingServer(), new SplittableRandom(seed), 0.5, MILLISECONDS.toNanos(240));
            if (lossy.result() instanceof Result.Mapped result) {
                assertThat(result).as("seed " + seed).isEqualTo(new Result.Mapped(PUBLIC, MILLISECONDS.toNanos(480)));
                mapped++;
            } else {
                assertThat(lossy.result()).as("seed " + seed).isEqualTo(new Result.TimedOut());
            }
        }
        // Each of seven tries gets there and back with 1/4: 1 - 0.75^7 = 0.8665 of all, give or take four deviations
        assertThat(mapped).isBetween(1733 - 61, 1733 + 61);
    }

    private static void run(StunBinding client, BindingServer server, SplittableRandom chance, double loss, long oneWay) {
        record Flight(long arrival, int number, Datagram datagram) { }
        PriorityQueue<Flight> wire = new PriorityQueue<>(
                (a, b) -> a.arrival != b.arrival ? Long.compare(a.arrival, b.arrival) : a.number - b.number);
        long now = START;
        int number = 0;
        while (client.result() == null) {
            for (Datagram d; (d = client.pollTransmit()) != null;) {
                Datagram sent = Bytes.unpooled(d);
                if (chance.nextDouble() >= loss) {             // the NAT on the way gives it its public source
                    wire.add(new Flight(now + oneWay, number++, Datagram.udp(PUBLIC, SERVER, sent.payload())));
                }
            }
            for (Datagram d; (d = server.pollTransmit()) != null;) {
                Datagram sent = Bytes.unpooled(d);
                if (chance.nextDouble() >= loss) {
                    wire.add(new Flight(now + oneWay, number++, Datagram.udp(SERVER, LOCAL, sent.payload())));
                }
            }
            long arrival = wire.isEmpty() ? Machine.NEVER : wire.peek().arrival;
            now = Math.min(arrival, client.nextTimeout());
            if (arrival == now) {
                Datagram arrived = wire.poll().datagram;
                Machine receiver = arrived.to().equals(SERVER) ? server : client;
                assertThat(receiver.receive(arrived, now)).isTrue();
            } else {
                client.handleTimeout(now);
            }
        }
    }

    private static StunBinding binding(Retransmission schedule, long seed) {
        return new StunBinding(LOCAL, SERVER, schedule, new SplittableRandom(seed), START);
    }

    private static Datagram poll(StunBinding binding) {
        return Bytes.unpooled(binding.pollTransmit());
    }

    private static Datagram success(Datagram request) {
        return answer(request, StunAttribute.XOR_MAPPED_ADDRESS, PUBLIC);
    }

    private static Datagram answer(Datagram request, StunAttribute<InetSocketAddress> attribute, InetSocketAddress mapped) {
        StunMessage message = StunMessage.parse(request.payload());
        return Bytes.unpooled(request.reply(StunWriter.answer(message, StunClass.SUCCESS).put(attribute, mapped).end()));
    }
}
