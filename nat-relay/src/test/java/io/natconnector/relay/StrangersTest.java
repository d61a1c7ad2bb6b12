package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.NOTHING;
import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.address;
import static io.natconnector.relay.RelayBench.bytes;
import static io.natconnector.relay.RelayBench.code;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Authenticator;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.LongTermCredential;
import io.natconnector.stun.RestCredentials;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody gets out of the server who did not prove himself: as little as can be, and nothing is kept of him. */
@ExtendWith(NoLeaks.class)
class StrangersTest {
    private final RelayBench bench = new RelayBench();
    private final RelayBench.Asker stranger = bench.asker("198.51.100.66");

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void answersAnAllocateWithoutCredentialsInSeventyTwoBytes() {
        StunMessage answer = stranger.once(StunMethod.ALLOCATE, NOTHING);

        assertThat(code(answer)).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(answer.size()).isLessThanOrEqualTo(72);
        assertThat(answer.get(StunAttribute.REALM)).isEqualTo("example.org");
        assertThat(answer.get(StunAttribute.NONCE)).hasSize(24);
        assertThat(answer.has(StunAttribute.SOFTWARE)).isFalse();
        assertThat(answer.get(StunAttribute.ERROR_CODE).reason()).isEmpty();
    }

    @Test
    void answersABindingRequestInThirtyTwoBytes() {
        StunMessage answer = stranger.once(StunMethod.BINDING, NOTHING);

        assertThat(answer.size()).isEqualTo(32);
        assertThat(answer.get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(stranger.address);
    }

    @Test
    void namesAnUnknownAttributeInThirtySixBytes() {
        ByteBuf request = stranger.request(StunMethod.BINDING, NOTHING);
        request.writeInt(0x7FF0_0000).setShort(2, 4);

        StunMessage answer = stranger.raw(request);

        assertThat(code(answer)).isEqualTo(ErrorCode.UNKNOWN_ATTRIBUTE);
        assertThat(answer.size()).isEqualTo(36);
    }

    @Test
    void doesNotAnswerBindingRequestsWithoutCookieUnlessToldTo() {
        ByteBuf classic = stranger.request(StunMethod.BINDING, NOTHING).setInt(4, 0x01020304);

        assertThat(stranger.raw(classic)).isNull();
    }

    @ParameterizedTest
    @EnumSource(value = StunMethod.class, names = {"CONNECT", "CONNECTION_BIND", "CONNECTION_ATTEMPT", "SEND", "DATA"})
    void answersRequestsThatItDoesNotKnowWithABareError(StunMethod method) {
        StunMessage answer = stranger.once(method, NOTHING);

        assertThat(code(answer)).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(answer.size()).isEqualTo(28);
    }

    /** Two servers that answered each other's answers would never stop. */
    @Test
    void neverAnswersAnAnswerOrAnIndication() {
        for (StunMethod method : StunMethod.values()) {
            for (StunClass kind : new StunClass[] {StunClass.SUCCESS, StunClass.ERROR, StunClass.INDICATION}) {
                ByteBuf message = StunWriter.write(method, kind, TransactionId.random(bench.random)).end();
                assertThat(bench.deliver(stranger.address, SERVER, message)).as(method + " " + kind).isEmpty();
            }
        }
    }

    @Test
    void isSilentToWhatIsNoStun() {
        assertThat(stranger.raw(bytes())).isNull();
        assertThat(stranger.raw(bytes(0))).isNull();
        assertThat(stranger.raw(bytes(0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18))).isNull();
        assertThat(stranger.raw(RelayBench.text("GET / HTTP/1.1\r\n\r\n"))).isNull();
        assertThat(stranger.raw(RelayBench.channelData(0x4000, "abcd"))).isNull();
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void isSilentWhenTheLengthInTheHeaderIsNotTheDatagrams() {
        assertThat(stranger.raw(stranger.request(StunMethod.ALLOCATE, NOTHING).setShort(2, 8))).isNull();
        assertThat(stranger.raw(stranger.request(StunMethod.ALLOCATE, NOTHING).writeInt(0))).isNull();
        assertThat(stranger.raw(stranger.request(StunMethod.ALLOCATE, NOTHING).writeShort(0).setShort(2, 2))).isNull();
        assertThat(stranger.raw(stranger.request(StunMethod.ALLOCATE, NOTHING).setShort(2, 0xFFFC))).isNull();
    }

    @Test
    void refusesAttributesThatOverrunTheMessage() {
        ByteBuf overrun = stranger.request(StunMethod.ALLOCATE, NOTHING).writeInt(0x8022_FFFF).setShort(2, 4);

        assertThat(code(stranger.raw(overrun))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void isSilentToABadFingerprintOnABindingRequest() {
        ByteBuf request = stranger.request(StunMethod.BINDING, NOTHING).writeInt(0x8028_0004).writeInt(1).setShort(2, 8);

        assertThat(stranger.raw(request)).isNull();
    }

    @Test
    void refusesAUserNameLongerThanAUserNameCanBe() {
        StunMessage answer = stranger.raw(raw(writer -> writer.putBytes(StunAttribute.REALM, new byte[3]), 0x0006, 600));

        assertThat(code(answer)).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void treatsAUserNameOfFormatCharactersAsAnyOther() {
        for (String name : new String[] {"%s%n%x", "a\r\nb", "';--", "\u0000"}) {
            RelayBench.Asker odd = bench.asker("198.51.100.67", 5000, name, "secret");
            assertThat(code(odd.allocate())).isEqualTo(ErrorCode.UNAUTHENTICATED);
        }
    }

    @Test
    void answersAWrongPasswordAndAnUnknownUserAlike() {
        StunMessage wrong = bench.asker("198.51.100.67", 5000, "alice", "guess").allocate();
        StunMessage unknown = bench.asker("198.51.100.68", 5000, "nobody", "guess").allocate();

        assertThat(code(wrong)).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(unknown.toString()).isEqualTo(wrong.toString());
        assertThat(unknown.size()).isEqualTo(wrong.size());
    }

    @Test
    void acceptsANonceOnlyFromTheClientThatItWasGivenTo() {
        RelayBench.Asker alice = bench.asker("198.51.100.20").login();
        ByteBuf stolen = alice.request(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17));
        RelayBench.Asker neighbour = bench.asker("198.51.100.20", 5001, "alice", "secret");

        assertThat(code(neighbour.raw(stolen.copy()))).isEqualTo(ErrorCode.STALE_NONCE);
        assertThat(code(alice.raw(stolen))).isZero();
    }

    @Test
    void callsANonceStaleWhenItsTimeIsOver() {
        RelayBench.Asker alice = bench.asker("198.51.100.20").login();
        bench.pass(ofSeconds(601));

        StunMessage answer = alice.once(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17));

        assertThat(code(answer)).isEqualTo(ErrorCode.STALE_NONCE);
        assertThat(answer.has(StunAttribute.NONCE)).isTrue();
        assertThat(answer.has(StunAttribute.REALM)).isTrue();
        assertThat(code(alice.allocate())).isZero();
    }

    @Test
    void acceptsANonceToItsLastSecond() {
        RelayBench.Asker alice = bench.asker("198.51.100.20").login();
        bench.pass(ofSeconds(600));

        assertThat(code(alice.once(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17)))).isZero();
    }

    @Test
    void acceptsTimeLimitedCredentialsWhileTheirTimeLasts() {
        String user = RestCredentials.username("alice", RelayBench.EPOCH + 700);
        String password = RestCredentials.password("shared", user);
        try (RelayBench rest = new RelayBench(new RestCredentials("shared"))) {
            assertThat(code(rest.asker("198.51.100.20", 1, user, password).allocate())).isZero();
            rest.pass(ofSeconds(699));
            RelayBench.Asker second = rest.asker("198.51.100.20", 2, user, password);
            assertThat(code(second.allocate())).isZero();
            rest.pass(ofSeconds(1));
            assertThat(code(rest.asker("198.51.100.20", 3, user, password).allocate())).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(code(second.refresh(600))).as("what runs goes on").isZero();
        }
    }

    @Test
    void callsAForgedNonceStale() {
        StunMessage answer = stranger.raw(
                StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, TransactionId.random(bench.random))
                .put(StunAttribute.USERNAME, "alice").put(StunAttribute.REALM, "example.org")
                .put(StunAttribute.NONCE, "0".repeat(24))
                .put(StunAttribute.MESSAGE_INTEGRITY, new byte[20]).end());

        assertThat(code(answer)).isEqualTo(ErrorCode.STALE_NONCE);
    }

    @Test
    void refusesIntegrityWithoutUserRealmAndNonce() {
        StunMessage answer = stranger.raw(
                StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, TransactionId.random(bench.random))
                .put(StunAttribute.USERNAME, "alice").put(StunAttribute.MESSAGE_INTEGRITY, new byte[20]).end());

        assertThat(code(answer)).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void givesEachClientAnotherNonce() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            nonces.add(bench.asker("198.51.100.66", 10_000 + i, "alice", "secret").once(StunMethod.ALLOCATE, NOTHING)
                    .get(StunAttribute.NONCE));
        }
        assertThat(nonces).hasSize(300);
    }

    @Test
    void keepsNothingOfThousandsOfUnauthenticatedAllocates() {
        for (int i = 0; i < 2_000; i++) {
            boolean forged = (i & 1) == 1;
            StunWriter request = StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, TransactionId.random(bench.random))
                    .put(StunAttribute.REQUESTED_TRANSPORT, 17);
            if (forged) {
                request.put(StunAttribute.USERNAME, "user" + i).put(StunAttribute.REALM, "example.org")
                        .put(StunAttribute.NONCE, "n".repeat(24)).put(StunAttribute.MESSAGE_INTEGRITY, new byte[20]);
            }
            assertThat(bench.deliver(address("198.51.100.66", 10_000 + i), SERVER, request.end())).hasSize(1);
            bench.forget();
        }
        assertThat(bench.server.remains()).isZero();
        assertThat(bench.server.nextTimeout()).isEqualTo(RelayServer.NEVER);
    }

    @Test
    void answersOneSourceTenTimesASecondWhateverItsPort() {
        try (RelayBench limited = new RelayBench(config -> config.challengesPerSecond(10))) {
            int answers = 0;
            for (int i = 0; i < 200; i++) {
                answers += flood(limited, "198.51.100.66", 10_000 + i);
            }
            assertThat(answers).isEqualTo(10);
            assertThat(flood(limited, "198.51.100.99", 1)).as("another source").isEqualTo(1);
            limited.pass(ofMillis(1000));
            assertThat(flood(limited, "198.51.100.66", 1)).isEqualTo(1);
            assertThat(limited.server.statistics().unanswered()).isEqualTo(190);
        }
    }

    @Test
    void countsAWholeIpv6NetworkAsOneSource() {
        try (RelayBench limited = new RelayBench(config -> config.challengesPerSecond(10))) {
            int answers = 0;
            for (int i = 1; i <= 200; i++) {
                answers += flood(limited, "2600:1:2:3:%x::%x".formatted(i, i), 5000);
            }
            assertThat(answers).isEqualTo(10);
        }
    }

    /** Errors of every kind share the one allowance. */
    @Test
    void limitsTheAnswersToMalformedAndUnknownRequestsToo() {
        try (RelayBench limited = new RelayBench(config -> config.challengesPerSecond(10))) {
            RelayBench.Asker source = limited.asker("198.51.100.66");
            int answers = 0;
            for (int i = 0; i < 100; i++) {
                answers += source.once(StunMethod.CONNECT, NOTHING) == null ? 0 : 1;
                answers += source.raw(source.request(StunMethod.REFRESH, NOTHING).writeInt(0x8022_FFFF).setShort(2, 4)) == null
                        ? 0 : 1;
            }
            assertThat(answers).isEqualTo(10);
        }
    }

    @Test
    void doesNotLimitAClientThatProvesItself() {
        try (RelayBench limited = new RelayBench(config -> config.challengesPerSecond(10))) {
            RelayBench.Asker alice = limited.asker("198.51.100.20").allocated();
            for (int i = 0; i < 100; i++) {
                assertThat(code(alice.refresh(null))).isZero();
            }
        }
    }

    /** RFC 8489, section 14.5: an attacker on the way may add attributes behind the integrity; they are not there. */
    @Test
    void ignoresWhatStandsBehindTheIntegrity() {
        RelayBench.Asker alice = bench.asker("198.51.100.20").login();
        ByteBuf request = alice.request(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17)
                .put(StunAttribute.LIFETIME, 900));
        request.writeInt(0x000D_0004).writeInt(3000).setShort(2, request.readableBytes() - 20);

        assertThat(alice.raw(request).get(StunAttribute.LIFETIME)).isEqualTo(900);

        ByteBuf permission = alice.request(StunMethod.CREATE_PERMISSION, NOTHING);
        permission.writeInt(0x0012_0008).writeInt(0x0001_2112).writeInt(0x0102_0304).setShort(2, permission.readableBytes() - 20);
        assertThat(code(alice.raw(permission))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void fillsPaddingWithZeros() {
        RelayBench.Asker alice = bench.asker("198.51.100.20").allocated();
        alice.permit(address("198.51.100.7", 7000));
        for (int length = 1; length < 9; length++) {
            Datagram data = bench.deliver(address("198.51.100.7", 7000), alice.relayed, RelayBench.text("x".repeat(length))).get(0);
            for (int at = 20; at < data.payload().writerIndex(); ) {
                int value = data.payload().getUnsignedShort(at + 2);
                for (at += 4 + value; (at & 3) != 0; at++) {
                    assertThat(data.payload().getByte(at)).isZero();
                }
            }
        }
    }

    @Test
    void saysNothingToRequestsThatComeFromItsOwnRelaySockets() {
        RelayBench.Asker alice = bench.asker("198.51.100.20").allocated();
        int before = bench.sent.size();

        ByteBuf binding = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TransactionId.random(bench.random)).end();

        assertThat(bench.deliver(alice.relayed, SERVER, binding)).isEmpty();
        assertThat(before).isPositive();
    }

    @Test
    void refusesADatagramForASocketThatItDoesNotHave() {
        ByteBuf request = stranger.request(StunMethod.BINDING, NOTHING);

        assertThat(bench.server.receive(Datagram.udp(stranger.address, address("203.0.113.10", 9), request), 0)).isFalse();
        assertThat(bench.server.receive(new Datagram(Transport.TCP, stranger.address, SERVER, request), 0)).isFalse();
        request.release();
    }

    @Test
    void neverThrowsWhateverComes() {
        RelayBench.Asker alice = bench.asker("198.51.100.20").allocated();
        alice.permit(address("198.51.100.7", 7000));
        for (int i = 0; i < 3_000; i++) {
            ByteBuf junk = alice.request(StunMethod.values()[bench.random.nextInt(7)], writer -> writer
                    .put(StunAttribute.REQUESTED_TRANSPORT, 17).put(StunAttribute.XOR_PEER_ADDRESS, address("198.51.100.7", 7000))
                    .put(StunAttribute.CHANNEL_NUMBER, 0x4000).put(StunAttribute.LIFETIME, 600));
            for (int flips = bench.random.nextInt(4); flips >= 0; flips--) {
                junk.setByte(bench.random.nextInt(junk.readableBytes()), bench.random.nextInt(256));
            }
            if (bench.random.nextBoolean()) {
                junk.writerIndex(bench.random.nextInt(junk.readableBytes()));
            }
            bench.deliver(alice.address, SERVER, junk);
            bench.forget();
        }
        assertThat(bench.server.statistics().malformed()).isPositive();
    }

    @Test
    void offersSha256OnlyWhereItIsTold() {
        assertThat(stranger.once(StunMethod.ALLOCATE, NOTHING).has(StunAttribute.PASSWORD_ALGORITHMS)).isFalse();
        try (RelayBench offering = new RelayBench(config -> config.offer(Authenticator.Offer.ALWAYS))) {
            RelayBench.Asker alice = offering.asker("198.51.100.20");
            StunMessage answer = alice.allocate();
            assertThat(code(answer)).isZero();
            assertThat(answer.hasIntegritySha256()).isTrue();
            assertThat(alice.credential.verify(answer, LongTermCredential.Attempt.SIGNED)).isTrue();
        }
    }

    private static int flood(RelayBench bench, String ip, int port) {
        return bench.deliver(address(ip, port), ip.contains(":") ? RelayBench.SERVER6 : SERVER,
                StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, TransactionId.random(bench.random)).end()).size();
    }

    private ByteBuf raw(Consumer<StunWriter> attributes, int type, int length) {
        ByteBuf request = stranger.request(StunMethod.ALLOCATE, attributes);
        request.writeShort(type).writeShort(length).writeZero(length + 3 & ~3).setShort(2, request.readableBytes() - 20);
        return request;
    }
}
