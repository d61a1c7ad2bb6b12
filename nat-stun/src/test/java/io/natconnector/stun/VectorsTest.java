package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 5769 and RFC 8489, appendix B.1: read, verified, and written again to the same bytes. */
class VectorsTest {
    private static final TransactionId SHORT_TERM_ID = new TransactionId(0xb7e7a701, 0xbc34d686fa87dfaeL);
    private static final TransactionId LONG_TERM_ID = new TransactionId(0x78ad3433, 0xc6ad72c029da412eL);

    private final IntegrityKey shortTerm = IntegrityKey.shortTerm(Vectors.SHORT_TERM_PASSWORD);

    @Test
    void request() {
        StunMessage message = parse(Vectors.REQUEST);
        assertThat(message.method()).isEqualTo(StunMethod.BINDING);
        assertThat(message.stunClass()).isEqualTo(StunClass.REQUEST);
        assertThat(message.transactionId()).isEqualTo(SHORT_TERM_ID);
        assertThat(message.get(StunAttribute.SOFTWARE)).isEqualTo("STUN test client");
        assertThat(message.get(StunAttribute.PRIORITY)).isEqualTo(0x6e0001ff);
        assertThat(message.get(StunAttribute.ICE_CONTROLLED)).isEqualTo(0x932ff9b151263b36L);
        assertThat(message.get(StunAttribute.USERNAME)).isEqualTo("evtj:h6vY");
        assertThat(message.hasFingerprint()).isTrue();
        assertThat(message.unknownRequired()).isEmpty();
        verifies(message, shortTerm);

        ByteBuf out = Unpooled.buffer();
        StunWriter writer = StunWriter.into(out, StunMethod.BINDING, StunClass.REQUEST, SHORT_TERM_ID)
                .put(StunAttribute.SOFTWARE, "STUN test client").put(StunAttribute.PRIORITY, 0x6e0001ff)
                .put(StunAttribute.ICE_CONTROLLED, 0x932ff9b151263b36L).put(StunAttribute.USERNAME, "evtj:h6vY");
        padWithSpaces(out, 3);
        isWritten(writer.sign(shortTerm).fingerprint(), Vectors.REQUEST);
    }

    @Test
    void ipv4Response() {
        StunMessage message = parse(Vectors.IPV4_RESPONSE);
        assertThat(message.is(StunMethod.BINDING, StunClass.SUCCESS)).isTrue();
        assertThat(message.get(StunAttribute.SOFTWARE)).isEqualTo("test vector");
        assertThat(message.get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(address("192.0.2.1", 32853));
        verifies(message, shortTerm);
        isWritten(response("192.0.2.1"), Vectors.IPV4_RESPONSE);
    }

    @Test
    void ipv6Response() {
        StunMessage message = parse(Vectors.IPV6_RESPONSE);
        assertThat(message.get(StunAttribute.XOR_MAPPED_ADDRESS))
                .isEqualTo(address("2001:db8:1234:5678:11:2233:4455:6677", 32853));
        verifies(message, shortTerm);
        isWritten(response("2001:db8:1234:5678:11:2233:4455:6677"), Vectors.IPV6_RESPONSE);
    }

    private ByteBuf response(String ip) {
        ByteBuf out = Unpooled.buffer();
        StunWriter writer = StunWriter.into(out, StunMethod.BINDING, StunClass.SUCCESS, SHORT_TERM_ID)
                .put(StunAttribute.SOFTWARE, "test vector");
        padWithSpaces(out, 1);
        return writer.put(StunAttribute.XOR_MAPPED_ADDRESS, address(ip, 32853)).sign(shortTerm).fingerprint();
    }

    @Test
    void longTermRequest() {
        StunMessage message = parse(Vectors.LONG_TERM_REQUEST);
        assertThat(message.get(StunAttribute.USERNAME)).isEqualTo(Vectors.USERNAME);
        assertThat(message.get(StunAttribute.NONCE)).isEqualTo("f//499k954d6OL34oL9FSTvy64sA");
        assertThat(message.get(StunAttribute.REALM)).isEqualTo(Vectors.REALM);
        assertThat(message.hasFingerprint()).isFalse();
        IntegrityKey key = longTerm(PasswordAlgorithm.MD5);
        verifies(message, key);

        isWritten(StunWriter.into(Unpooled.buffer(), StunMethod.BINDING, StunClass.REQUEST, LONG_TERM_ID)
                .put(StunAttribute.USERNAME, Vectors.USERNAME).put(StunAttribute.NONCE, "f//499k954d6OL34oL9FSTvy64sA")
                .put(StunAttribute.REALM, Vectors.REALM).sign(key).end(), Vectors.LONG_TERM_REQUEST);
    }

    @Test
    void sha256Request() {
        StunMessage message = parse(Vectors.SHA256_REQUEST);
        assertThat(message.get(StunAttribute.USERHASH)).isEqualTo(IntegrityKey.userhash(Vectors.USERNAME, Vectors.REALM));
        assertThat(message.get(StunAttribute.NONCE)).isEqualTo("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA");
        assertThat(SecurityFeatures.of(message.get(StunAttribute.NONCE))).isEqualTo(new SecurityFeatures(false, true));
        assertThat(message.get(StunAttribute.PASSWORD_ALGORITHM)).containsExactly(PasswordAlgorithm.SHA_256);
        assertThat(message.hasIntegrity()).isFalse();
        assertThat(message.hasIntegritySha256()).isTrue();
        IntegrityKey key = longTerm(PasswordAlgorithm.SHA_256);
        assertThat(message.verifySha256(key)).isTrue();
        assertThat(message.verifySha256(longTerm(PasswordAlgorithm.MD5))).isFalse();
        assertThat(message.verify(key)).isFalse();

        isWritten(StunWriter.into(Unpooled.buffer(), StunMethod.BINDING, StunClass.REQUEST, LONG_TERM_ID)
                .put(StunAttribute.USERHASH, IntegrityKey.userhash(Vectors.USERNAME, Vectors.REALM))
                .put(StunAttribute.NONCE, "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA").put(StunAttribute.REALM, Vectors.REALM)
                .put(StunAttribute.PASSWORD_ALGORITHM, List.of(PasswordAlgorithm.SHA_256)).signSha256(key).end(),
                Vectors.SHA256_REQUEST);
    }

    private static IntegrityKey longTerm(PasswordAlgorithm algorithm) {
        return IntegrityKey.longTerm(Vectors.USERNAME, Vectors.REALM, Vectors.LONG_TERM_PASSWORD, algorithm);
    }

    /** On the heap, off it, in pieces and at an odd offset: the MAC must not care where the bytes are. */
    private static void verifies(StunMessage message, IntegrityKey key) {
        assertThat(message.verify(key)).isTrue();
        assertThat(message.verify(key)).as("a second time with the same key").isTrue();
        assertThat(message.verify(IntegrityKey.shortTerm("wrong"))).isFalse();
        assertThat(message.hasIntegritySha256()).isFalse();
        assertThat(message.verifySha256(key)).isFalse();
    }

    @Test
    void isReadWhereverItsBytesAre() {
        byte[] bytes = Bytes.bytes(Vectors.REQUEST);
        ByteBuf direct = Unpooled.directBuffer().writeBytes(bytes);
        ByteBuf composite = Unpooled.wrappedBuffer(Unpooled.copiedBuffer(bytes, 0, 31), Unpooled.copiedBuffer(bytes, 31, 77));
        ByteBuf offset = Unpooled.buffer().writeZero(3).writeBytes(bytes).skipBytes(3);
        ByteBuf slice = Unpooled.buffer().writeZero(5).writeBytes(bytes).writeZero(9).slice(5, bytes.length);
        for (ByteBuf buffer : List.of(direct, composite, offset, slice, offset.duplicate().asReadOnly())) {
            StunMessage message = StunMessage.parse(buffer);
            assertThat(message.verify(shortTerm)).as(buffer.toString()).isTrue();
            assertThat(message.get(StunAttribute.USERNAME)).isEqualTo("evtj:h6vY");
            assertThat(buffer.readableBytes()).isEqualTo(bytes.length);
        }
        direct.release();
        composite.release();
    }

    private static StunMessage parse(String hex) {
        return StunMessage.parse(Bytes.buffer(hex));
    }

    private static void padWithSpaces(ByteBuf out, int padding) {
        for (int i = 1; i <= padding; i++) {
            assertThat(out.getByte(out.writerIndex() - i)).as("our own padding").isZero();
            out.setByte(out.writerIndex() - i, ' ');
        }
    }

    private static void isWritten(ByteBuf written, String hex) {
        assertThat(Bytes.drain(written)).isEqualTo(Bytes.bytes(hex));
    }
}
