package io.natconnector.stun;

import static io.natconnector.stun.LongTermCredential.Attempt.BARE;
import static io.natconnector.stun.LongTermCredential.Attempt.RENEWED;
import static io.natconnector.stun.LongTermCredential.Attempt.SIGNED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LongTermCredentialTest {
    private static final TransactionId ID = new TransactionId(1, 2);
    private static final UnaryOperator<StunWriter> NOTHING = writer -> writer;

    private final List<ByteBuf> buffers = new ArrayList<>();
    private final LongTermCredential credential = new LongTermCredential("alice", "secret");

    @AfterEach
    void release() {
        buffers.forEach(ByteBuf::release);
    }

    @Test
    void sendsNoCredentialsBeforeTheServerAsksForThem() {
        assertThat(credential.attempt()).isEqualTo(BARE);
        StunMessage request = request();
        assertThat(request.size()).isEqualTo(StunMessage.HEADER_LENGTH);
        assertThat(request.hasIntegrity()).isFalse();
    }

    @Test
    void signsWithMd5AndSha1WhenTheServerOffersNoAlgorithms() {
        assertThat(credential.challenge(challenge(401, "example.org", "n1"), BARE)).isEqualTo(SIGNED);
        assertThat(credential.attempt()).isEqualTo(SIGNED);

        StunMessage request = request();
        assertThat(request.get(StunAttribute.USERNAME)).isEqualTo("alice");
        assertThat(request.get(StunAttribute.REALM)).isEqualTo("example.org");
        assertThat(request.get(StunAttribute.NONCE)).isEqualTo("n1");
        assertThat(request.has(StunAttribute.PASSWORD_ALGORITHM)).isFalse();
        assertThat(request.verify(key(PasswordAlgorithm.MD5))).isTrue();
        assertThat(request.hasIntegritySha256()).isFalse();
    }

    @Test
    void signsWithSha256AndEchoesTheOfferByteForByteWhenTheServerOffersAlgorithms() {
        byte[] offer = {0, 9, 0, 1, 7, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0};         // one that nobody knows, with a parameter
        StunMessage challenge = error(401, writer -> writer.put(StunAttribute.REALM, "example.org")
                .put(StunAttribute.NONCE, "obMatJos2AAABxyz").putBytes(StunAttribute.PASSWORD_ALGORITHMS, offer));
        assertThat(credential.challenge(challenge, BARE)).isEqualTo(SIGNED);

        StunMessage request = request();
        assertThat(request.bytes(StunAttribute.PASSWORD_ALGORITHMS)).isEqualTo(offer);
        assertThat(request.get(StunAttribute.PASSWORD_ALGORITHM)).containsExactly(PasswordAlgorithm.SHA_256);
        assertThat(request.verifySha256(key(PasswordAlgorithm.SHA_256))).isTrue();
        assertThat(request.hasIntegrity()).isFalse();
    }

    @Test
    void takesTheServersFirstAlgorithm() {
        credential.challenge(error(401, writer -> writer.put(StunAttribute.REALM, "example.org").put(StunAttribute.NONCE, "n")
                .put(StunAttribute.PASSWORD_ALGORITHMS, List.of(PasswordAlgorithm.MD5, PasswordAlgorithm.SHA_256))), BARE);
        StunMessage request = request();
        assertThat(request.get(StunAttribute.PASSWORD_ALGORITHM)).containsExactly(PasswordAlgorithm.MD5);
        assertThat(request.verifySha256(key(PasswordAlgorithm.MD5))).isTrue();
    }

    @Test
    void refusesAnOfferOfUnknownAlgorithmsOnly() {
        StunMessage challenge = error(401, writer -> writer.put(StunAttribute.REALM, "example.org").put(StunAttribute.NONCE, "n")
                .putBytes(StunAttribute.PASSWORD_ALGORITHMS, new byte[] {0, 9, 0, 0}));
        assertThat(credential.challenge(challenge, BARE)).isNull();
        assertThat(credential.attempt()).isEqualTo(BARE);
    }

    @Test
    void refusesToBeBidDown() {
        assertThat(credential.challenge(challenge(401, "example.org", "obMatJos2AAABrest"), BARE)).isNull();
        assertThat(credential.attempt()).isEqualTo(BARE);
    }

    @Test
    void namesTheUserByHashWhenTheServerSaysThatItCanReadIt() {
        credential.challenge(challenge(401, "example.org", "obMatJos2AAACrest"), BARE);
        StunMessage request = request();
        assertThat(request.has(StunAttribute.USERNAME)).isFalse();
        assertThat(request.get(StunAttribute.USERHASH)).isEqualTo(IntegrityKey.userhash("alice", "example.org"));
    }

    @Test
    void takesACookieThatCannotBeReadForNoFeatures() {
        for (String nonce : List.of("obMatJos2", "obMatJos2AA", "obMatJos2????x", "obMatJos2AA==x", "obmatjos2AAAB")) {
            assertThat(SecurityFeatures.of(nonce)).as(nonce).isEqualTo(SecurityFeatures.NONE);
        }
    }

    @Test
    void writesFeaturesThatItReads() {
        for (int bits = 0; bits < 4; bits++) {
            SecurityFeatures features = new SecurityFeatures((bits & 1) != 0, (bits & 2) != 0);
            assertThat(SecurityFeatures.of(features.prefix() + "rest")).isEqualTo(features);
        }
        assertThat(new SecurityFeatures(true, true).prefix())
                .isEqualTo("obMatJos2" + Base64.getEncoder().encodeToString(new byte[] {0, 0, 3}));
    }

    @Test
    void retriesOnceWithTheNewNonceWhenTheOldOneIsStale() {
        credential.challenge(challenge(401, "example.org", "n1"), BARE);
        StunMessage stale = error(438, writer -> writer.put(StunAttribute.NONCE, "n2"));         // no realm: the old one stays
        assertThat(credential.challenge(stale, SIGNED)).isEqualTo(RENEWED);
        StunMessage request = request();
        assertThat(request.get(StunAttribute.NONCE)).isEqualTo("n2");
        assertThat(request.get(StunAttribute.REALM)).isEqualTo("example.org");
        assertThat(request.verify(key(PasswordAlgorithm.MD5))).isTrue();

        assertThat(credential.challenge(challenge(438, "example.org", "n3"), RENEWED)).isNull();
        assertThat(request().get(StunAttribute.NONCE)).isEqualTo("n2");
    }

    @Test
    void isRejectedWhenTheServerAsksAgainForWhatItGot() {
        credential.challenge(challenge(401, "example.org", "n1"), BARE);
        assertThat(credential.challenge(challenge(401, "example.org", "n2"), SIGNED)).isNull();
        assertThat(credential.challenge(challenge(401, "example.net", "n2"), SIGNED)).isEqualTo(RENEWED);
        assertThat(request().get(StunAttribute.REALM)).isEqualTo("example.net");
    }

    @Test
    void retriesAllRequestsThatWereUnderWayBare() {
        assertThat(credential.challenge(challenge(401, "example.org", "n1"), BARE)).isEqualTo(SIGNED);
        assertThat(credential.challenge(challenge(401, "example.org", "n2"), BARE)).isEqualTo(SIGNED);
    }

    @Test
    void needsRealmAndNonceInAChallenge() {
        assertThat(credential.challenge(error(401, NOTHING), BARE)).isNull();
        assertThat(credential.challenge(error(401, writer -> writer.put(StunAttribute.NONCE, "n")), BARE)).isNull();
        assertThat(credential.challenge(error(401, writer -> writer.put(StunAttribute.REALM, "r")), BARE)).isNull();
        assertThat(credential.challenge(challenge(403, "r", "n"), BARE)).isNull();
    }

    @Test
    void believesOnlyAnswersThatAreSignedWithItsKey() {
        credential.challenge(challenge(401, "example.org", "n1"), BARE);
        IntegrityKey key = key(PasswordAlgorithm.MD5);
        IntegrityKey wrong = IntegrityKey.longTerm("alice", "example.org", "Secret", PasswordAlgorithm.MD5);

        assertThat(credential.verify(success(NOTHING), BARE)).isTrue();
        assertThat(credential.verify(success(NOTHING), SIGNED)).isFalse();
        assertThat(credential.verify(success(writer -> writer.sign(key)), SIGNED)).isTrue();
        assertThat(credential.verify(success(writer -> writer.signSha256(key)), SIGNED)).isFalse();
        assertThat(credential.verify(success(writer -> writer.sign(wrong)), SIGNED)).isFalse();
        assertThat(credential.verify(error(403, NOTHING), SIGNED)).isFalse();
        assertThat(credential.verify(error(403, writer -> writer.sign(key)), SIGNED)).isTrue();
    }

    @Test
    void believesAChallengeWithoutIntegrityButNotOneWithAWrongIntegrity() {
        credential.challenge(challenge(401, "example.org", "n1"), BARE);
        IntegrityKey wrong = IntegrityKey.shortTerm("x");
        assertThat(credential.verify(challenge(438, "example.org", "n2"), SIGNED)).isTrue();
        assertThat(credential.verify(error(438, writer -> writer.put(StunAttribute.NONCE, "n2").sign(wrong)), SIGNED)).isFalse();
    }

    @Test
    void believesNoSha1AfterSha256WasAgreed() {
        credential.challenge(error(401, writer -> writer.put(StunAttribute.REALM, "example.org").put(StunAttribute.NONCE, "n")
                .put(StunAttribute.PASSWORD_ALGORITHMS, List.of(PasswordAlgorithm.SHA_256))), BARE);
        IntegrityKey key = key(PasswordAlgorithm.SHA_256);
        assertThat(credential.verify(success(writer -> writer.sign(key)), SIGNED)).isFalse();
        assertThat(credential.verify(success(writer -> writer.signSha256(key)), SIGNED)).isTrue();
    }

    @Test
    void echoesANonceThatIsNoText() {
        byte[] nonce = {(byte) 0xFF, 0, (byte) 0x80};
        credential.challenge(error(401, writer -> writer.put(StunAttribute.REALM, "r").putBytes(StunAttribute.NONCE, nonce)), BARE);
        assertThat(request().bytes(StunAttribute.NONCE)).isEqualTo(nonce);
    }

    @Test
    void makesOneKeyOfTwoWaysToWriteALetter() {
        String composed = "caf\u00e9 x";
        String decomposed = "cafe\u0301\u00a0x";
        assertThat(IntegrityKey.longTermKey("u", "r", decomposed, PasswordAlgorithm.MD5))
                .isEqualTo(IntegrityKey.longTermKey("u", "r", composed, PasswordAlgorithm.MD5));
        assertThat(OpaqueString.prepare("plain ASCII: \u007f").getBytes(UTF_8)).hasSize(14);
    }

    private static IntegrityKey key(PasswordAlgorithm algorithm) {
        return IntegrityKey.longTerm("alice", "example.org", "secret", algorithm);
    }

    private StunMessage request() {
        return parse(credential.authenticate(StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, ID)).end());
    }

    private StunMessage success(UnaryOperator<StunWriter> attributes) {
        return parse(attributes.apply(StunWriter.write(StunMethod.ALLOCATE, StunClass.SUCCESS, ID)).end());
    }

    private StunMessage challenge(int code, String realm, String nonce) {
        return error(code, writer -> writer.put(StunAttribute.REALM, realm).put(StunAttribute.NONCE, nonce));
    }

    private StunMessage error(int code, UnaryOperator<StunWriter> attributes) {
        StunWriter writer = StunWriter.write(StunMethod.ALLOCATE, StunClass.ERROR, ID);
        return parse(attributes.apply(writer.put(StunAttribute.ERROR_CODE, ErrorCode.of(code))).end());
    }

    private StunMessage parse(ByteBuf message) {
        buffers.add(Unpooled.wrappedBuffer(message));
        return StunMessage.parse(message);
    }
}
