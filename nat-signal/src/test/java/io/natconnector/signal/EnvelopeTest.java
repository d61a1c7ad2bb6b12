package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final String SECRET = "correct horse battery staple";
    private static final SealedEnvelope SEALED = SealedEnvelope.of(SECRET, "app/v1");
    private static final OpenEnvelope OPEN = new OpenEnvelope("app/v1");
    private static final Letter LETTER =
            new Letter(new MessageId(0x0123456789abcdefL, 42), 1_700_000_000_000L, "alice", "candidate:1 …");

    @Test
    void givesBackWhatWasSealed() {
        assertThat(SEALED.unwrap(SEALED.wrap(LETTER, "bob"), "bob")).isEqualTo(LETTER);
        assertThat(OPEN.unwrap(OPEN.wrap(LETTER, "bob"), "bob")).isEqualTo(LETTER);
    }

    @Test
    void opensForAnotherInstanceWithTheSameSecret() {
        assertThat(SealedEnvelope.of(SECRET, "app/v1").unwrap(SEALED.wrap(LETTER, "bob"), "bob")).isEqualTo(LETTER);
    }

    /** Peers of different releases have to understand each other. The bytes were made by another program, in Python. */
    @Test
    void staysWhatItIs() {
        assertThat(SEALED.topic("bob")).isEqualTo("app/v1/-9acTxZz3kIYDFOd-8ecnw");
        assertThat(HexFormat.of().formatHex(SEALED.wrap(LETTER, "bob"))).isEqualTo(
                "01" + "0123456789abcdef000000000000002a"
                + "f57ad511074c7ab6bdbb07aaa950dc3f55f80989e42f91e572c91cdb65" + "9e0e08276780d0607983069fb0dfad96");
    }

    @Test
    void looksLikeThisInClear() {
        assertThat(OPEN.topic("Bob/1")).isEqualTo("app/v1/%42ob%2f1");
        Letter letter = new Letter(new MessageId(1, 2), 0x0102030405060708L, "al", "hi");
        assertThat(OPEN.wrap(letter, "bob")).isEqualTo(HexFormat.of().parseHex(
                "00" + "0000000000000001" + "0000000000000002" + "0102030405060708" + "02" + "616c" + "6869"));
    }

    @Test
    void doesNotOpenWithAnotherSecret() {
        assertThat(SealedEnvelope.of("another secret", "app/v1").unwrap(SEALED.wrap(LETTER, "bob"), "bob")).isNull();
    }

    @Test
    void doesNotOpenUnderAnotherPrefix() {
        assertThat(SealedEnvelope.of(SECRET, "app/v2").unwrap(SEALED.wrap(LETTER, "bob"), "bob")).isNull();
    }

    @Test
    void doesNotOpenForAnybodyElseNorForTheSender() {
        byte[] envelope = SEALED.wrap(LETTER, "bob");
        assertThat(SEALED.unwrap(envelope, "carol")).isNull();
        assertThat(SEALED.unwrap(envelope, "alice")).isNull();
    }

    @Test
    void doesNotOpenWithAnyBitChanged() {
        byte[] envelope = SEALED.wrap(LETTER, "bob");
        for (int bit = 0; bit < envelope.length * 8; bit++) {
            byte[] changed = envelope.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(SEALED.unwrap(changed, "bob")).as("bit %d", bit).isNull();
        }
    }

    @Test
    void doesNotOpenCutShortOrMadeLonger() {
        byte[] envelope = SEALED.wrap(LETTER, "bob");
        for (int length = 0; length < envelope.length; length++) {
            assertThat(SEALED.unwrap(Arrays.copyOf(envelope, length), "bob")).as("%d bytes", length).isNull();
        }
        assertThat(SEALED.unwrap(Arrays.copyOf(envelope, envelope.length + 1), "bob")).isNull();
    }

    @Test
    void takesNothingInClearWhereThereIsASecret() {
        assertThat(SEALED.unwrap(OPEN.wrap(LETTER, "bob"), "bob")).isNull();
        assertThat(OPEN.unwrap(SEALED.wrap(LETTER, "bob"), "bob")).isNull();
    }

    @Test
    void showsNeitherNamesNorWordsNorTime() {
        String shown = new String(SEALED.wrap(LETTER, "bob"), ISO_8859_1) + SEALED.topic("bob");
        assertThat(shown).doesNotContain("alice").doesNotContain("bob").doesNotContain("candidate");
        assertThat(shown).doesNotContain(new String(HexFormat.of().parseHex("0000018bcfe56800"), ISO_8859_1));
        assertThat(new String(OPEN.wrap(LETTER, "bob"), ISO_8859_1)).as("the check itself works").contains("alice")
                .contains(new String(HexFormat.of().parseHex("0000018bcfe56800"), ISO_8859_1));
    }

    @Test
    void givesEachNameItsTopicAndEachSecretToo() {
        assertThat(SEALED.topic("bob")).startsWith("app/v1/").isNotEqualTo(SEALED.topic("Bob"))
                .isNotEqualTo(SealedEnvelope.of("another secret", "app/v1").topic("bob"))
                .matches("app/v1/[A-Za-z0-9_-]{22}");
    }

    @Test
    void survivesRubbish() {
        Random random = Seeds.random(EnvelopeTest.class);
        for (int i = 0; i < 20_000; i++) {
            byte[] rubbish = new byte[random.nextInt(80)];
            random.nextBytes(rubbish);
            if (rubbish.length > 0) {
                rubbish[0] = (byte) random.nextInt(3);
            }
            assertThat(SEALED.unwrap(rubbish, "bob")).isNull();
            Letter letter = OPEN.unwrap(rubbish, "bob");
            assertThat(letter == null || !letter.from().isEmpty()).isTrue();
        }
    }

    @Test
    void refusesALetterWhoseNameOrTextIsNoUtf8() {
        byte[] good = OPEN.wrap(new Letter(new MessageId(1, 2), 0, "al", "hi"), "bob");
        byte[] badName = good.clone();
        badName[26] = (byte) 0xFF;
        byte[] badText = good.clone();
        badText[good.length - 1] = (byte) 0xC3;
        assertThat(OPEN.unwrap(good, "bob")).isNotNull();
        assertThat(OPEN.unwrap(badName, "bob")).isNull();
        assertThat(OPEN.unwrap(badText, "bob")).isNull();
    }
}
