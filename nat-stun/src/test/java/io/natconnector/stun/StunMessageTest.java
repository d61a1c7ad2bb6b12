package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StunMessageTest {
    private static final String ID = "2112a442 01020304 05060708 090a0b0c";
    private static final TransactionId TRANSACTION = new TransactionId(0x01020304, 0x05060708090a0b0cL);

    private final IntegrityKey key = IntegrityKey.shortTerm("secret");

    @Test
    void typesOfAllMethodsAndClassesComeBack() {
        Set<Integer> types = new HashSet<>();
        for (int code = 0; code < 0x1000; code++) {
            for (StunClass stunClass : StunClass.values()) {
                int type = StunMethod.type(code, stunClass);
                assertThat(type & 0xC000).isZero();
                assertThat(StunMethod.codeOf(type)).isEqualTo(code);
                assertThat(StunMethod.classOf(type)).isEqualTo(stunClass);
                types.add(type);
            }
        }
        assertThat(types).hasSize(0x4000);
    }

    /** RFC 8489, section 5: these four are written out there. */
    @Test
    void bindingsTypesAreThoseOfTheRfc() {
        assertThat(Arrays.stream(StunClass.values()).map(StunMethod.BINDING::type)).containsExactly(0x0001, 0x0011, 0x0101, 0x0111);
    }

    @Test
    void methodsThatWeDoNotSpeakAreNull() {
        assertThat(parse("0002 0000" + ID).method()).isNull();
        assertThat(parse("3eef 0000" + ID).method()).isNull();
        assertThat(StunMethod.of(-1)).isNull();
        assertThat(StunMethod.of(0x0D)).isNull();
    }

    @Test
    void attributesAfterTheIntegrityAreInvisible() {
        StunMessage message = message(writer -> writer.put(StunAttribute.LIFETIME, 900).sign(key)
                .put(StunAttribute.LIFETIME, 3000).put(StunAttribute.USERNAME, "mallory"));
        assertThat(message.verify(key)).isTrue();
        assertThat(message.get(StunAttribute.LIFETIME)).isEqualTo(900);
        assertThat(message.all(StunAttribute.LIFETIME)).containsExactly(900);
        assertThat(message.has(StunAttribute.USERNAME)).isFalse();
        assertThat(message.get(StunAttribute.USERNAME)).isNull();
        assertThat(message.bytes(StunAttribute.USERNAME)).isNull();
        assertThat(message.toString()).isEqualTo("ALLOCATE REQUEST LIFETIME");
    }

    @Test
    void attributesAfterTheSha256IntegrityAreInvisibleAndSoIsALateSha1() {
        StunMessage message = message(writer -> writer.put(StunAttribute.LIFETIME, 900).signSha256(key)
                .put(StunAttribute.LIFETIME, 3000).sign(key));
        assertThat(message.verifySha256(key)).isTrue();
        assertThat(message.all(StunAttribute.LIFETIME)).containsExactly(900);
        assertThat(message.hasIntegrity()).isFalse();
        assertThat(message.verify(key)).isFalse();
    }

    @Test
    void sha256MayFollowSha1AndCoversIt() {
        StunMessage message = message(writer -> writer.put(StunAttribute.LIFETIME, 900).sign(key).signSha256(key));
        assertThat(message.verify(key)).isTrue();
        assertThat(message.verifySha256(key)).isTrue();
    }

    @Test
    void attributesBetweenTheTwoIntegritiesAreInvisible() {
        StunMessage message = message(writer -> writer.sign(key).put(StunAttribute.LIFETIME, 1).signSha256(key));
        assertThat(message.verify(key)).isTrue();
        assertThat(message.verifySha256(key)).isTrue();
        assertThat(message.has(StunAttribute.LIFETIME)).isFalse();
    }

    @Test
    void whatFollowsTheIntegrityIsNotEvenCheckedButItsLengthIs() {
        StunMessage message = message(writer -> writer.sign(key).putBytes(StunAttribute.LIFETIME, new byte[3])
                .putBytes(StunAttribute.PRIORITY, new byte[0]));
        assertThat(message.verify(key)).isTrue();
        assertThat(message(writer -> writer.sign(key).putBytes(StunAttribute.XOR_PEER_ADDRESS, new byte[9])).unknownRequired())
                .isEmpty();
    }

    @Test
    void aFingerprintAfterTheIntegrityCounts() {
        ByteBuf signed = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TRANSACTION).sign(key).fingerprint();
        assertThat(StunMessage.parse(signed).hasFingerprint()).isTrue();
        signed.setByte(10, 99);
        assertThatThrownBy(() -> StunMessage.parse(signed)).isInstanceOf(StunException.class).hasMessageContaining("fingerprint");
        signed.release();
    }

    @Test
    void aShortenedSha256IntegrityProvesNothing() {
        StunMessage message = message(writer -> writer.putBytes(StunAttribute.MESSAGE_INTEGRITY_SHA256, new byte[16]));
        assertThat(message.hasIntegritySha256()).isTrue();
        assertThat(message.verifySha256(key)).isFalse();
    }

    @Test
    void theFirstOfDuplicatesWins() {
        StunMessage message = message(writer -> writer.put(StunAttribute.XOR_PEER_ADDRESS, address("192.0.2.1", 1))
                .put(StunAttribute.LIFETIME, 1).put(StunAttribute.XOR_PEER_ADDRESS, address("192.0.2.2", 2))
                .put(StunAttribute.LIFETIME, 2));
        assertThat(message.get(StunAttribute.XOR_PEER_ADDRESS)).isEqualTo(address("192.0.2.1", 1));
        assertThat(message.get(StunAttribute.LIFETIME)).isEqualTo(1);
        assertThat(message.all(StunAttribute.XOR_PEER_ADDRESS))
                .containsExactly(address("192.0.2.1", 1), address("192.0.2.2", 2));
    }

    @Test
    void anySecondIntegrityIsIgnored() {
        IntegrityKey other = IntegrityKey.shortTerm("other");
        StunMessage message = message(writer -> writer.sign(key).sign(other));
        assertThat(message.verify(key)).isTrue();
        assertThat(message.verify(other)).isFalse();
    }

    @Test
    void paddingIsZeroAndItsValueDoesNotMatter() {
        for (int length = 0; length < 9; length++) {
            byte[] value = new byte[length];
            Arrays.fill(value, (byte) 0xFF);
            byte[] written = Bytes.drain(StunWriter.write(StunMethod.SEND, StunClass.INDICATION, TRANSACTION)
                    .putBytes(StunAttribute.SOFTWARE, value).end());
            assertThat(written.length % 4).isZero();
            for (int i = StunMessage.HEADER_LENGTH + 4 + length; i < written.length; i++) {
                assertThat(written[i]).isZero();
                written[i] = 0x55;
            }
            StunMessage message = StunMessage.parse(Unpooled.wrappedBuffer(written));
            assertThat(message.bytes(StunAttribute.SOFTWARE)).isEqualTo(value);
        }
    }

    @Test
    void unknownAttributesAreNamedWhenTheyMustBeUnderstood() {
        StunMessage message = parse("0001 0010" + ID + "7ffe 0001 aa000000 fffe 0000 001f 0000");
        assertThat(message.unknownRequired()).containsExactly(0x7FFE, 0x001F);
        assertThat(message.toString()).isEqualTo("BINDING REQUEST 0x7ffe 0xfffe 0x001f");
        assertThat(StunAttribute.isComprehensionRequired(0x7FFF)).isTrue();
        assertThat(StunAttribute.isComprehensionRequired(0x8000)).isFalse();
    }

    @Test
    void anErrorShowsItsCodeInTheText() {
        StunMessage message = parse("0113 0008" + ID + "0009 0004 00000401");
        assertThat(message.toString()).isEqualTo("ALLOCATE ERROR ERROR-CODE=401");
    }

    @Test
    void theOldFormIsReadForBindingRequestsOnly() {
        assertThat(parse("0001 0000 00000000 01020304 05060708 090a0b0c").cookie()).isZero();
        assertThatThrownBy(() -> parse("0101 0000 00000000 01020304 05060708 090a0b0c")).isInstanceOf(StunException.class);
        assertThatThrownBy(() -> parse("0003 0000 00000000 01020304 05060708 090a0b0c")).isInstanceOf(StunException.class);
        assertThat(StunMessage.isClassicBindingRequest(Bytes.buffer("0001 0000" + ID))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "4001 0000, first bit set", "8001 0000, second bit set", "0001 0004, longer than the datagram",
        "0001 0001, no multiple of four", "0001 ffff, far longer than the datagram", "0001 fffc, far longer"})
    void headersThatDoNotFitAreNotStun(String start, String why) {
        ByteBuf datagram = Bytes.buffer(start + ID);
        assertThat(StunMessage.is(datagram)).as(why).isFalse();
        assertThatThrownBy(() -> StunMessage.parse(datagram)).as(why).isInstanceOf(StunException.class);
    }

    @Test
    void aHeaderShorterThanTheDatagramIsNotStun() {
        assertThat(StunMessage.is(Bytes.buffer("0001 0000" + ID + "80220000"))).isFalse();
        assertThat(StunMessage.is(Bytes.buffer("0001 0000" + ID + "80"))).isFalse();
        assertThat(StunMessage.is(Bytes.buffer("0001 0004" + ID + "80220000"))).isTrue();
    }

    /** One attribute each, malformed in its own way. */
    @ParameterizedTest
    @ValueSource(strings = {
        "8022 0001", "8022 ffff", "8022 fffd", "7ffe 0004",                              // overruns the message
        "0020 0008 0003 1111 22222222", "0020 0008 0000 1111 22222222",                  // no such address family
        "0020 0014 0001 1111 22222222 33333333 44444444 55555555", "0020 0008 0002 1111 22222222", // family and length at odds
        "0020 0004 00011111", "0020 0000", "0001 0004 00011111", "0012 0005 00011111 22000000",
        "0009 0000", "0009 0003 00000400", "0009 0004 00000200", "0009 0004 00000700", "0009 0004 00000464", "0009 0004 000004ff",
        "000a 0003 7ffe7f00", "0024 0003 00000000", "0024 0008 00000000 00000000", "0025 0004 00000000",
        "0008 0013 00000000 00000000 00000000 00000000 00000000", "0008 0000",
        "001c 000f 00000000 00000000 00000000 00000000", "001c 0000",
        "001d 0000", "001d 0003 00010000", "001d 0006 00010000 00000000", "8002 0004 00010004", "8002 0002 00010000",
        "001e 001c" + "00000000 00000000 00000000 00000000 00000000 00000000 00000000",
        "8028 0003 00000000", "8028 0004 00000000", "8028 0000", "8029 0004 00000000", "0018 0000", "000c 0002 40000000"})
    void malformedAttributesMakeAMalformedMessage(String attribute) {
        byte[] value = Bytes.bytes(attribute);
        ByteBuf datagram = Unpooled.buffer().writeBytes(Bytes.bytes("0001 %04x".formatted(value.length) + ID)).writeBytes(value);
        assertThat(StunMessage.is(datagram)).isTrue();
        assertThatThrownBy(() -> StunMessage.parse(datagram)).isInstanceOf(StunException.class);
    }

    @Test
    void aFingerprintMustBeLast() {
        ByteBuf out = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TRANSACTION).fingerprint();
        out.writeInt(0x80220000).setShort(2, 12);
        out.setInt(24, StunMessage.fingerprint(out, 0, 20));     // right for the new length, so only its place is wrong
        assertThatThrownBy(() -> StunMessage.parse(out)).isInstanceOf(StunException.class);
        out.release();
    }

    @Test
    void exceptionsHaveNoStackTrace() {
        assertThat(new StunException("x").getStackTrace()).isEmpty();
    }

    @Test
    void aWriterRefusesValuesThatDoNotFit() {
        StunWriter writer = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TRANSACTION);
        assertThatThrownBy(() -> writer.put(StunAttribute.USERNAME, "x".repeat(509))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("USERNAME").hasMessageContaining("509");
        assertThatThrownBy(() -> new ErrorCode(299, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ErrorCode(700, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IntegrityKey.of(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        writer.end().release();
    }

    private StunMessage message(UnaryOperator<StunWriter> attributes) {
        StunWriter writer = attributes.apply(StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, TRANSACTION));
        return StunMessage.parse(Unpooled.wrappedBuffer(Bytes.drain(writer.end())));
    }

    private static StunMessage parse(String hex) {
        return StunMessage.parse(Bytes.buffer(hex));
    }
}
