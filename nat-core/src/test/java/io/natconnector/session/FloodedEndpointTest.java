package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IcePath;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.testkit.NatProfile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What strangers send to a connected endpoint costs the moment that it takes to drop it, and nothing lasting. */
class FloodedEndpointTest {
    private static final int FLOOD = 5_000;
    private static final long SEED = 20261124;

    private final Random random = new Random(SEED);
    private final Homes homes = Homes.behind(5, NatProfile.OPEN, NatProfile.OPEN);
    private final Endpoint endpoint = homes.alice.endpoint;
    private String ufrag;
    private InetSocketAddress socket;
    private InetSocketAddress peer;

    @BeforeEach
    void connect() {
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        homes.net.runFor(ofSeconds(2));
        IcePath path = homes.alice.session().path();
        socket = path.from();
        peer = path.to();
        ufrag = homes.alice.session().ufrags().get(0);
    }

    @AfterEach
    void close() {
        homes.close();
    }

    private InetSocketAddress stranger() {
        return new InetSocketAddress("198.51.100." + (3 + random.nextInt(250)), 1 + random.nextInt(65_535));
    }

    private ByteBuf junk() {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        bytes[0] = 'j';                                       // not the mark of a numbered datagram: in plaintext that is data
        return Unpooled.wrappedBuffer(bytes);
    }

    private TransactionId id() {
        return TransactionId.random(random);
    }

    private ByteBuf check(StunClass stunClass, String username) {
        StunWriter writer = StunWriter.write(StunMethod.BINDING, stunClass, id());
        if (stunClass == StunClass.REQUEST) {
            writer.put(StunAttribute.USERNAME, username).put(StunAttribute.PRIORITY, 1)
                    .put(StunAttribute.ICE_CONTROLLING, random.nextLong());
        } else {
            writer.put(StunAttribute.XOR_MAPPED_ADDRESS, stranger());
        }
        return writer.sign(IntegrityKey.shortTerm("a guess" + random.nextInt())).fingerprint();
    }

    private ByteBuf anything(int number) {
        return switch (number % 4) {
            case 0 -> junk();
            case 1 -> check(StunClass.REQUEST, "nobody" + random.nextInt() + ":whoever");
            case 2 -> check(StunClass.REQUEST, ufrag + ":whoever");
            default -> check(StunClass.SUCCESS, "");
        };
    }

    /** As a driver hands it in; whatever is sent in answer fails the test. */
    private void flood(InetSocketAddress from, ByteBuf payload, long now) {
        endpoint.receive(from, socket, payload, now);
        Datagram answer = endpoint.pollTransmit();
        assertThat(answer).as("seed %d: an answer to a stranger", SEED).isNull();
        assertThat(payload.refCnt()).as("kept").isOne();
        payload.release();
    }

    @Test
    void junkAndForgedChecksOfStrangersLeaveNothing() {
        long deadline = endpoint.nextTimeout();
        flood(this::stranger);
        assertThat(endpoint.nextTimeout()).isEqualTo(deadline);
        assertThat(endpoint.unrouted()).isEqualTo(FLOOD);
        homes.bothCanTalk();
    }

    @Test
    void forgedChecksInThePeersNameLeaveNothing() {
        flood(() -> peer);
        homes.bothCanTalk();
    }

    private void flood(Supplier<InetSocketAddress> from) {
        SessionReport before = homes.alice.report();
        int known = endpoint.routes.size();
        homes.alice.host.mutate(endpoint, now -> {
            for (int i = 0; i < FLOOD; i++) {
                InetSocketAddress source = from.get();
                flood(source, anything(i), now);
            }
            assertThat(endpoint.pollEvent()).as("told to the application").isNull();
            assertThat(endpoint.pollSocket()).isNull();
        });

        assertThat(endpoint.routes.size()).isEqualTo(known);
        assertThat(endpoint.sessionCount()).isOne();
        SessionReport after = homes.alice.report();
        assertThat(after.remote()).isEqualTo(before.remote());
        assertThat(after.pairs()).isEqualTo(before.pairs());
        assertThat(after.counters().unauthenticated()).isPositive();
    }

    @Test
    void aPeerThatNamesAddressesWithoutEndIsNotRememberedWithoutEnd() {
        int[] said = new int[1];
        homes.bob.signaling(ZERO, text -> {
            said[0]++;
            Words words = Words.parse(text);
            List<Candidate> invented = IntStream.range(0, 90)
                    .mapToObj(i -> Candidate.host(new InetSocketAddress("10." + said[0] + ".7." + i, 9), 1)).toList();
            return new Words(words.ice(), words.lite(), words.renominates(), invented, words.complete(), words.note())
                    .text();
        });
        for (int i = 0; i < 20; i++) {
            homes.bob.restart();
            homes.net.runFor(ofSeconds(1));
        }
        assertThat(said[0]).isGreaterThan(10);
        assertThat(endpoint.routes.size()).isLessThanOrEqualTo(256);
    }
}
