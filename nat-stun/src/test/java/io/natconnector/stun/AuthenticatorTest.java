package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Authenticator.Accepted;
import io.natconnector.stun.Authenticator.Offer;
import io.natconnector.stun.Authenticator.Refused;
import io.natconnector.stun.Authenticator.Verdict;
import io.natconnector.stun.LongTermCredential.Attempt;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AuthenticatorTest {
    private static final long T = 1_800_000_000L;
    private static final InetSocketAddress CLIENT = address("203.0.113.9", 61234);
    private static final TransactionId ID = new TransactionId(1, 2);
    private static final UnaryOperator<StunWriter> NOTHING = writer -> writer;

    private final Authenticator authenticator = authenticator(Offer.ALWAYS);
    private final LongTermCredential alice = new LongTermCredential("alice", "secret");

    @ParameterizedTest
    @EnumSource(Offer.class)
    void letsAUserInAfterOneChallenge(Offer offer) {
        Authenticator server = authenticator(offer);
        assertThat(server.check(request(alice), CLIENT, Transport.UDP, T, null)).isEqualTo(new Refused(401));
        challenge(server, alice, 401, T);
        Accepted accepted = (Accepted) server.check(request(alice), CLIENT, Transport.UDP, T, null);
        assertThat(accepted.username()).isEqualTo("alice");
        assertThat(accepted.sha256()).isEqualTo(offer == Offer.ALWAYS);

        StunMessage answer = parse(accepted.sign(StunWriter.answer(request(alice), StunClass.SUCCESS)));
        assertThat(alice.verify(answer, Attempt.SIGNED)).isTrue();
    }

    @Test
    void offersNewAlgorithmsWhereTheLengthOfAnAnswerIsNobodysGain() {
        Authenticator server = authenticator(Offer.RELIABLE);
        StunMessage request = request(alice);
        StunMessage overUdp = parse(server.refuse(request, new Refused(401), CLIENT, Transport.UDP, T));
        assertThat(overUdp.has(StunAttribute.PASSWORD_ALGORITHMS)).isFalse();
        assertThat(overUdp.size()).as("realm of 11 characters").isEqualTo(72);
        StunMessage overTls = parse(server.refuse(request, new Refused(401), CLIENT, Transport.TLS, T));
        assertThat(overTls.get(StunAttribute.PASSWORD_ALGORITHMS))
                .containsExactly(PasswordAlgorithm.SHA_256, PasswordAlgorithm.MD5);
        assertThat(overTls.get(StunAttribute.NONCE)).startsWith("obMatJos2AAAD");
    }

    @Test
    void gives438ForANonceThatIsOldOrSomebodyElses() {
        challenge(authenticator, alice, 401, T);
        assertThat(authenticator.check(request(alice), CLIENT, Transport.UDP, T + 600, null)).isInstanceOf(Accepted.class);
        assertThat(authenticator.check(request(alice), CLIENT, Transport.UDP, T + 601, null)).isEqualTo(new Refused(438));
        assertThat(authenticator.check(request(alice), address("203.0.113.8", 61234), Transport.UDP, T, null))
                .isEqualTo(new Refused(438));
        assertThat(authenticator.check(request(alice), CLIENT, Transport.TCP, T, null)).isEqualTo(new Refused(438));

        challenge(authenticator, alice, 438, T + 700);
        assertThat(authenticator.check(request(alice), CLIENT, Transport.UDP, T + 700, null)).isInstanceOf(Accepted.class);
    }

    @Test
    void gives401ForAWrongPasswordAndForAnUnknownUserAlike() {
        for (LongTermCredential wrong : List.of(
                new LongTermCredential("alice", "Secret"), new LongTermCredential("mallory", "x"))) {
            challenge(authenticator, wrong, 401, T);
            assertThat(authenticator.check(request(wrong), CLIENT, Transport.UDP, T, null)).isEqualTo(new Refused(401));
        }
    }

    @Test
    void gives400WhenCredentialsAreIncomplete() {
        IntegrityKey key = IntegrityKey.shortTerm("x");
        String nonce = parse(authenticator.refuse(request(alice), new Refused(401), CLIENT, Transport.UDP, T))
                .get(StunAttribute.NONCE);
        List<UnaryOperator<StunWriter>> incomplete = List.of(
                writer -> writer,
                writer -> writer.put(StunAttribute.USERNAME, "alice"),
                writer -> writer.put(StunAttribute.USERNAME, "alice").put(StunAttribute.REALM, "example.org"),
                writer -> writer.put(StunAttribute.USERNAME, "alice").put(StunAttribute.NONCE, nonce),
                writer -> writer.put(StunAttribute.REALM, "example.org").put(StunAttribute.NONCE, nonce),
                writer -> writer.put(StunAttribute.USERNAME, "alice").put(StunAttribute.REALM, "example.org")
                        .put(StunAttribute.NONCE, nonce).put(StunAttribute.PASSWORD_ALGORITHM, List.of(PasswordAlgorithm.MD5)),
                writer -> writer.put(StunAttribute.USERNAME, "alice").put(StunAttribute.REALM, "example.org")
                        .put(StunAttribute.NONCE, nonce).put(StunAttribute.PASSWORD_ALGORITHM, List.of(PasswordAlgorithm.MD5))
                        .put(StunAttribute.PASSWORD_ALGORITHMS, List.of(PasswordAlgorithm.MD5)));
        for (UnaryOperator<StunWriter> attributes : incomplete) {
            StunMessage request = request(writer -> attributes.apply(writer).sign(key));
            assertThat(authenticator.check(request, CLIENT, Transport.UDP, T, null)).isEqualTo(new Refused(400));
        }
        StunMessage answer = parse(authenticator.refuse(request(alice), new Refused(400), CLIENT, Transport.UDP, T));
        assertThat(answer.size()).isEqualTo(28);
    }

    /** Somebody on the way strips the offer down to MD5; the client, which echoes what it saw, gives them away. */
    @Test
    void noticesThatItsOfferWasChanged() {
        StunMessage challenge = parse(StunWriter.write(StunMethod.ALLOCATE, StunClass.ERROR, ID)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(401)).put(StunAttribute.REALM, "example.org")
                .put(StunAttribute.NONCE, parse(authenticator.refuse(request(alice), new Refused(401), CLIENT, Transport.UDP, T))
                        .get(StunAttribute.NONCE))
                .put(StunAttribute.PASSWORD_ALGORITHMS, List.of(PasswordAlgorithm.MD5)));
        assertThat(alice.challenge(challenge, Attempt.BARE)).isEqualTo(Attempt.SIGNED);
        assertThat(authenticator.check(request(alice), CLIENT, Transport.UDP, T, null)).isEqualTo(new Refused(400));
    }

    /** RFC 8489, section 9.2.4: a client that knows only RFC 5389 takes the nonce as it is and signs with MD5 and SHA-1. */
    @Test
    void letsOlderClientsIn() {
        StunMessage challenge = parse(authenticator.refuse(request(alice), new Refused(401), CLIENT, Transport.UDP, T));
        IntegrityKey key = IntegrityKey.longTerm("alice", "example.org", "secret", PasswordAlgorithm.MD5);
        StunMessage request = request(writer -> writer.put(StunAttribute.USERNAME, "alice").put(StunAttribute.REALM, "example.org")
                .put(StunAttribute.NONCE, challenge.get(StunAttribute.NONCE)).sign(key));
        Accepted accepted = (Accepted) authenticator.check(request, CLIENT, Transport.UDP, T, null);
        assertThat(accepted.sha256()).isFalse();
        assertThat(accepted.algorithm()).isEqualTo(PasswordAlgorithm.MD5);
    }

    @Test
    void knowsAUserOfAnotherRealmNot() {
        challenge(authenticator, alice, 401, T);
        Authenticator other = new Authenticator("example.net", new StaticCredentials(Map.of("alice", "secret")), Offer.ALWAYS,
                new SplittableRandom(1), 600);
        assertThat(other.check(request(alice), CLIENT, Transport.UDP, T, null)).isInstanceOf(Refused.class);
    }

    @Test
    void takesAKnownUsersLaterRequestsWithoutAskingTheStore() {
        String name = RestCredentials.username("alice", T + 10);
        LongTermCredential user = new LongTermCredential(name, RestCredentials.password("north", name));
        Authenticator server = new Authenticator("example.org", new RestCredentials("north"), Offer.NEVER,
                new SplittableRandom(1), 600);
        challenge(server, user, 401, T);
        Accepted first = (Accepted) server.check(request(user), CLIENT, Transport.UDP, T, null);
        assertThat(server.check(request(user), CLIENT, Transport.UDP, T + 11, first)).isSameAs(first);
        assertThat(server.check(request(user), CLIENT, Transport.UDP, T + 11, null)).isEqualTo(new Refused(401));
    }

    @Test
    void takesAnotherUserForWhomHeIsThoughOneIsKnown() {
        challenge(authenticator, alice, 401, T);
        Accepted known = (Accepted) authenticator.check(request(alice), CLIENT, Transport.UDP, T, null);
        LongTermCredential bob = new LongTermCredential("bob", "hidden");
        challenge(authenticator, bob, 401, T);
        Verdict verdict = authenticator.check(request(bob), CLIENT, Transport.UDP, T, known);
        assertThat(((Accepted) verdict).username()).isEqualTo("bob");
    }

    @Test
    void takesNobodyForAKnownUserWhoseNameHeDoesNotGive() {
        challenge(authenticator, alice, 401, T);
        Accepted known = (Accepted) authenticator.check(request(alice), CLIENT, Transport.UDP, T, null);
        StunMessage signed = request(alice);
        StunMessage asBob = request(writer -> writer.put(StunAttribute.USERNAME, "bob")
                .putBytes(StunAttribute.REALM, signed.bytes(StunAttribute.REALM))
                .putBytes(StunAttribute.NONCE, signed.bytes(StunAttribute.NONCE))
                .putBytes(StunAttribute.PASSWORD_ALGORITHMS, signed.bytes(StunAttribute.PASSWORD_ALGORITHMS))
                .put(StunAttribute.PASSWORD_ALGORITHM, List.of(known.algorithm())).signSha256(known.key()));
        assertThat(authenticator.check(asBob, CLIENT, Transport.UDP, T, known)).isEqualTo(new Refused(401));
    }

    @Test
    void refusesWhatAFloodWouldSendBeforeItAsksForUsers() {
        CredentialStore untouched = (username, realm, algorithm, now) -> {
            throw new AssertionError("asked for " + username);
        };
        Authenticator server = new Authenticator("example.org", untouched, Offer.NEVER, new SplittableRandom(1), 600);
        StunMessage forged = request(writer -> writer.put(StunAttribute.USERNAME, "alice").put(StunAttribute.REALM, "example.org")
                .put(StunAttribute.NONCE, "A".repeat(24)).sign(IntegrityKey.shortTerm("x")));
        assertThat(server.check(forged, CLIENT, Transport.UDP, T, null)).isEqualTo(new Refused(438));
    }

    private static Authenticator authenticator(Offer offer) {
        CredentialStore users = new StaticCredentials(Map.of("alice", "secret", "bob", "hidden"));
        return new Authenticator("example.org", users, offer, new SplittableRandom(1), 600);
    }

    private static void challenge(Authenticator server, LongTermCredential client, int code, long now) {
        StunMessage challenge = parse(server.refuse(request(NOTHING), new Refused(code), CLIENT, Transport.UDP, now));
        assertThat(client.challenge(challenge, client.attempt())).isNotNull();
    }

    private static StunMessage request(LongTermCredential credential) {
        return request(credential::authenticate);
    }

    private static StunMessage request(UnaryOperator<StunWriter> attributes) {
        return parse(attributes.apply(StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, ID)));
    }

    private static StunMessage parse(StunWriter writer) {
        return StunMessage.parse(Unpooled.wrappedBuffer(Bytes.drain(writer.end())));
    }
}
