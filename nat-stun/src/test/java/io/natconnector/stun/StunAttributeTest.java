package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is written is what is read, for random values of every attribute. */
class StunAttributeTest {
    private static final long SEED = Long.getLong("stun.attribute.seed", 20260102);
    private static final Map<StunAttribute<?>, Function<SplittableRandom, ?>> VALUES = new LinkedHashMap<>();

    static {
        for (StunAttribute<InetSocketAddress> attribute : List.of(StunAttribute.MAPPED_ADDRESS, StunAttribute.XOR_MAPPED_ADDRESS,
                StunAttribute.ALTERNATE_SERVER, StunAttribute.XOR_PEER_ADDRESS, StunAttribute.XOR_RELAYED_ADDRESS,
                StunAttribute.RESPONSE_ORIGIN, StunAttribute.OTHER_ADDRESS, StunAttribute.SOURCE_ADDRESS,
                StunAttribute.CHANGED_ADDRESS)) {
            values(attribute, StunAttributeTest::randomAddress);
        }
        for (StunAttribute<Integer> attribute : List.of(StunAttribute.LIFETIME, StunAttribute.PRIORITY, StunAttribute.NOMINATION,
                StunAttribute.CHANGE_REQUEST, StunAttribute.CONNECTION_ID)) {
            values(attribute, SplittableRandom::nextInt);
        }
        for (StunAttribute<Integer> attribute : List.of(StunAttribute.REQUESTED_ADDRESS_FAMILY, StunAttribute.REQUESTED_TRANSPORT,
                StunAttribute.ADDITIONAL_ADDRESS_FAMILY)) {
            values(attribute, random -> random.nextInt(0x100));
        }
        for (StunAttribute<Integer> attribute : List.of(StunAttribute.CHANNEL_NUMBER, StunAttribute.RESPONSE_PORT)) {
            values(attribute, random -> random.nextInt(0x10000));
        }
        for (StunAttribute<Long> attribute : List.of(StunAttribute.RESERVATION_TOKEN, StunAttribute.ICMP,
                StunAttribute.ICE_CONTROLLED, StunAttribute.ICE_CONTROLLING)) {
            values(attribute, SplittableRandom::nextLong);
        }
        for (StunAttribute<Boolean> attribute : List.of(StunAttribute.DONT_FRAGMENT, StunAttribute.USE_CANDIDATE)) {
            values(attribute, random -> true);
        }
        values(StunAttribute.EVEN_PORT, SplittableRandom::nextBoolean);
        for (StunAttribute<String> attribute : List.of(StunAttribute.USERNAME, StunAttribute.REALM, StunAttribute.NONCE,
                StunAttribute.SOFTWARE, StunAttribute.ALTERNATE_DOMAIN)) {
            values(attribute, random -> randomText(random, 63));
        }
        values(StunAttribute.ERROR_CODE, random -> new ErrorCode(random.nextInt(300, 700), randomText(random, 120)));
        values(StunAttribute.UNKNOWN_ATTRIBUTES,
                random -> random.ints(random.nextInt(9), 0, 0x10000).boxed().toList());
        values(StunAttribute.PASSWORD_ALGORITHM, random -> List.of(PasswordAlgorithm.of(random.nextInt(1, 3))));
        values(StunAttribute.PASSWORD_ALGORITHMS, random ->
                random.ints(random.nextInt(4), 1, 3).mapToObj(PasswordAlgorithm::of).toList());
        values(StunAttribute.USERHASH, random -> randomBytes(random, 32));
        for (StunAttribute<byte[]> attribute : List.of(StunAttribute.PADDING, StunAttribute.MOBILITY_TICKET,
                StunAttribute.META_DTLS_IN_STUN, StunAttribute.META_DTLS_IN_STUN_ACKNOWLEDGEMENT)) {
            values(attribute, random -> randomBytes(random, random.nextInt(700)));
        }
        values(StunAttribute.ADDRESS_ERROR_CODE, random -> randomBytes(random, random.nextInt(4, 700)));
        values(StunAttribute.DATA, random -> Unpooled.wrappedBuffer(randomBytes(random, random.nextInt(1300))));
    }

    @Test
    void valuesComeBackInAnyCompany() {
        System.out.println("StunAttributeTest: -Dstun.attribute.seed=" + SEED);
        List<StunAttribute<?>> attributes = new ArrayList<>(VALUES.keySet());
        for (long seed = SEED; seed < SEED + 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StunWriter writer = StunWriter.write(StunMethod.ALLOCATE, StunClass.SUCCESS, TransactionId.random(random));
            Map<StunAttribute<?>, Object> written = new LinkedHashMap<>();
            for (int i = random.nextInt(1, 8); i > 0; i--) {
                StunAttribute<?> attribute = attributes.get(random.nextInt(attributes.size()));
                if (!written.containsKey(attribute)) {
                    written.put(attribute, put(writer, attribute, random));
                }
            }
            ByteBuf bytes = random.nextBoolean() ? writer.fingerprint() : writer.end();
            StunMessage message = StunMessage.parse(bytes);
            String what = "seed " + seed;
            written.forEach((attribute, value) -> assertThat(message.get(attribute)).as(what + " " + attribute).isEqualTo(value));
            assertThat(message.unknownRequired()).as(what).isEmpty();

            // The same again from the bytes of the values alone
            StunWriter copy = StunWriter.answer(message, StunClass.SUCCESS);
            written.keySet().forEach(attribute -> copy.putBytes(attribute, message.bytes(attribute)));
            ByteBuf again = message.hasFingerprint() ? copy.fingerprint() : copy.end();
            assertThat(ByteBufUtil.equals(again, bytes)).as(what).isTrue();
            again.release();
            bytes.release();
        }
    }

    @Test
    void everyAttributeIsTried() {
        List<StunAttribute<?>> rest = new ArrayList<>(StunAttribute.all());
        rest.removeAll(VALUES.keySet());
        assertThat(rest).containsExactlyInAnyOrder(StunAttribute.FINGERPRINT, StunAttribute.MESSAGE_INTEGRITY,
                StunAttribute.MESSAGE_INTEGRITY_SHA256);
    }

    @Test
    void anEvenPortWithItsPaddingCountedInIsRead() {
        for (int flag : new int[] {0x80, 0}) {
            ByteBuf request = StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, new TransactionId(0, 0))
                    .putBytes(StunAttribute.EVEN_PORT, new byte[] {(byte) flag, 0, 0, 0}).end();
            assertThat(StunMessage.parse(request).get(StunAttribute.EVEN_PORT)).isEqualTo(flag != 0);
            request.release();
        }
    }

    /** RFC 8489, section 14.2, worked out by hand. */
    @Test
    void xoredAddressesAreMaskedByCookieAndTransactionId() {
        TransactionId id = new TransactionId(0x01020304, 0x05060708090a0b0cL);
        byte[] v4 = Bytes.drain(StunWriter.write(StunMethod.BINDING, StunClass.SUCCESS, id)
                .put(StunAttribute.XOR_MAPPED_ADDRESS, address("192.0.2.1", 0x1234)).end());
        assertThat(v4).endsWith(Bytes.bytes("0001 3326 e112a643"));
        byte[] v6 = Bytes.drain(StunWriter.write(StunMethod.BINDING, StunClass.SUCCESS, id)
                .put(StunAttribute.XOR_MAPPED_ADDRESS, address("2001:db8::ff:0:1", 0x1234)).end());
        assertThat(v6).endsWith(Bytes.bytes("0002 3326 0113a9fa 01020304 050607f7 090a0b0d"));
    }

    @Test
    void reservedBytesAreWrittenZeroAndNotRead() {
        byte[] written = Bytes.drain(StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, new TransactionId(0, 0))
                .put(StunAttribute.REQUESTED_TRANSPORT, 17).put(StunAttribute.CHANNEL_NUMBER, 0x4001).end());
        assertThat(written).endsWith(Bytes.bytes("0019 0004 11000000 000c 0004 40010000"));
        for (int reserved : new int[] {25, 26, 27, 34, 35}) {
            written[reserved] = (byte) 0xFF;
        }
        StunMessage message = StunMessage.parse(Unpooled.wrappedBuffer(written));
        assertThat(message.get(StunAttribute.REQUESTED_TRANSPORT)).isEqualTo(17);
        assertThat(message.get(StunAttribute.CHANNEL_NUMBER)).isEqualTo(0x4001);
    }

    @Test
    void algorithmsThatWeDoNotKnowAreLeftOutWithTheirParameters() {
        StunMessage message = StunMessage.parse(Bytes.buffer("0111 0014 2112a442 00000000 00000000 00000000"
                + "8002 0010 0007 0003 aabbcc00 0002 0000 0001 0000"));
        assertThat(message.get(StunAttribute.PASSWORD_ALGORITHMS))
                .containsExactly(PasswordAlgorithm.SHA_256, PasswordAlgorithm.MD5);
    }

    private static <T> Object put(StunWriter writer, StunAttribute<T> attribute, SplittableRandom random) {
        @SuppressWarnings("unchecked")
        T value = (T) VALUES.get(attribute).apply(random);
        writer.put(attribute, value);
        return value;
    }

    private static <T> void values(StunAttribute<T> attribute, Function<SplittableRandom, T> values) {
        VALUES.put(attribute, values);
    }

    private static InetSocketAddress randomAddress(SplittableRandom random) {
        try {
            byte[] ip = randomBytes(random, random.nextBoolean() ? 4 : 16);
            return new InetSocketAddress(InetAddress.getByAddress(ip), random.nextInt(0x10000));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static String randomText(SplittableRandom random, int limit) {
        StringBuilder text = new StringBuilder();
        random.ints(random.nextInt(limit), 0x20, random.nextBoolean() ? 0x7F : 0x3000).forEach(text::appendCodePoint);
        return text.toString();
    }

    private static byte[] randomBytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
