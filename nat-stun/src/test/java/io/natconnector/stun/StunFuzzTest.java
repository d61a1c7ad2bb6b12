package io.natconnector.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever arrives, {@code parse} throws a {@link StunException} or every accessor works. */
class StunFuzzTest {
    /** {@code -Dstun.fuzz.seed=...} replays a run; {@code -Dstun.fuzz.rounds=...} makes it longer. */
    private static final long SEED = Long.getLong("stun.fuzz.seed", 20260101);
    private static final int ROUNDS = Integer.getInteger("stun.fuzz.rounds", 20_000);

    private static final IntegrityKey KEY = IntegrityKey.shortTerm(Vectors.SHORT_TERM_PASSWORD);
    private int parsed;

    @Test
    void noTruncationOfAVectorIsStun() {
        Vectors.all().forEach((name, hex) -> {
            byte[] whole = Bytes.bytes(hex);
            for (int length = 0; length < whole.length; length++) {
                ByteBuf truncated = Unpooled.wrappedBuffer(whole, 0, length);
                assertThat(StunMessage.is(truncated)).as(name + " to " + length).isFalse();
                assertThatThrownBy(() -> StunMessage.parse(truncated)).isInstanceOf(StunException.class);
            }
        });
    }

    @Test
    void truncationsWhoseHeaderWasMadeToFitAreReadOrRefused() {
        Vectors.all().forEach((name, hex) -> {
            byte[] whole = Bytes.bytes(hex);
            for (int length = StunMessage.HEADER_LENGTH; length < whole.length; length += 4) {
                byte[] truncated = Arrays.copyOf(whole, length);
                fitLength(truncated);
                readOrRefuse(truncated, name + " to " + length);
            }
        });
        assertThat(parsed).isGreaterThan(10);
    }

    @Test
    void mutationsAreReadOrRefused() {
        System.out.println("StunFuzzTest: -Dstun.fuzz.seed=" + SEED);
        List<byte[]> vectors = Vectors.all().values().stream().map(Bytes::bytes).toList();
        for (int round = 0; round < ROUNDS; round++) {
            SplittableRandom random = new SplittableRandom(SEED + round);
            byte[] bytes = mutate(vectors.get(random.nextInt(vectors.size())).clone(), random);
            readOrRefuse(bytes, "seed " + (SEED + round));
        }
        assertThat(parsed).as("mutations that were still STUN").isGreaterThan(ROUNDS / 50);
    }

    @Test
    void noiseBehindAHeaderIsReadOrRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            SplittableRandom random = new SplittableRandom(SEED ^ round);
            byte[] bytes = new byte[StunMessage.HEADER_LENGTH + 4 * random.nextInt(40)];
            random.nextBytes(bytes);
            header(bytes);
            for (int at = StunMessage.HEADER_LENGTH; at + 4 <= bytes.length; at += 4 * random.nextInt(1, 8)) {
                bytes[at] = (byte) (random.nextBoolean() ? 0x80 : 0);          // attributes that exist, of lengths that fit
                bytes[at + 1] = (byte) random.nextInt(0x31);
                bytes[at + 2] = 0;
                bytes[at + 3] = (byte) random.nextInt(24);
            }
            readOrRefuse(bytes, "seed " + (SEED ^ round));
        }
        assertThat(parsed).as("noise that happened to be STUN").isPositive();
    }

    private static byte[] mutate(byte[] bytes, SplittableRandom random) {
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = 0;
                case 3 -> bytes[at] = (byte) 0xFF;
                default -> System.arraycopy(bytes, at, bytes, random.nextInt(at + 1), bytes.length - at);
            }
        }
        // Mostly leave out the fingerprint, behind which no mutation would ever be seen
        bytes = random.nextInt(4) == 0 || bytes.length < 40 ? bytes : Arrays.copyOf(bytes, bytes.length - 8);
        if (random.nextInt(4) > 0) {
            header(bytes);
        }
        return bytes;
    }

    private static void header(byte[] bytes) {
        bytes[0] &= 0x3F;
        fitLength(bytes);
        Unpooled.wrappedBuffer(bytes).setInt(4, StunMessage.COOKIE);
    }

    private static void fitLength(byte[] bytes) {
        Unpooled.wrappedBuffer(bytes).setShort(2, bytes.length - StunMessage.HEADER_LENGTH);
    }

    private void readOrRefuse(byte[] bytes, String what) {
        try {
            StunMessage message = StunMessage.parse(Unpooled.wrappedBuffer(bytes));
            readAll(message);
            parsed++;
        } catch (StunException e) {
            assertThat(e).hasMessageMatching("\\p{Print}+");
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(what + ": " + HexFormat.of().formatHex(bytes), e);
        }
    }

    static void readAll(StunMessage message) {
        for (StunAttribute<?> attribute : StunAttribute.all()) {
            assertThat(message.get(attribute) != null).isEqualTo(message.has(attribute));
            assertThat(message.all(attribute).isEmpty()).isEqualTo(!message.has(attribute));
            assertThat(message.bytes(attribute) != null).isEqualTo(message.has(attribute));
        }
        message.unknownRequired();
        message.method();
        message.stunClass();
        message.verify(KEY);
        message.verifySha256(KEY);
        assertThat(message.toString()).isNotEmpty();
    }
}
