package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NonceIssuerTest {
    private static final long T = 1_800_000_000L;
    private static final InetSocketAddress CLIENT = address("203.0.113.9", 61234);

    private final NonceIssuer issuer = new NonceIssuer(new SplittableRandom(1), 600);

    @Test
    void isTwentyFourCharactersThatMayStandInAQuotedString() {
        for (int port = 1; port < 300; port++) {
            assertThat(issuer.issue(address("203.0.113.9", port), Transport.UDP, T)).matches("[A-Za-z0-9_-]{24}");
        }
        assertThat(new NonceIssuer(new SplittableRandom(1), 600, new SecurityFeatures(true, false)).issue(CLIENT, Transport.UDP, T))
                .matches("obMatJos2AAAB[A-Za-z0-9_-]{24}");
    }

    @Test
    void isFreshForOneLifetime() {
        String nonce = issuer.issue(CLIENT, Transport.UDP, T);
        for (long age = 0; age <= 600; age++) {
            assertThat(issuer.isFresh(nonce, CLIENT, Transport.UDP, T + age)).as("age " + age).isTrue();
        }
        assertThat(issuer.isFresh(nonce, CLIENT, Transport.UDP, T + 601)).isFalse();
    }

    @Test
    void isFreshForOneLifetimeWheneverTheKeyIsReplaced() {
        for (long issued = T; issued < T + 4000; issued += 7) {
            issuer.issue(CLIENT, Transport.UDP, issued);
            NonceIssuer twin = new NonceIssuer(new SplittableRandom(2), 600);
            twin.issue(CLIENT, Transport.UDP, T);
            String nonce = twin.issue(CLIENT, Transport.UDP, issued);
            twin.issue(CLIENT, Transport.UDP, issued + 300);
            assertThat(twin.isFresh(nonce, CLIENT, Transport.UDP, issued + 600)).as("issued at +" + (issued - T)).isTrue();
            assertThat(twin.isFresh(nonce, CLIENT, Transport.UDP, issued + 601)).isFalse();
            assertThat(twin.isFresh(nonce, CLIENT, Transport.UDP, issued + 6000)).isFalse();
        }
    }

    @Test
    void isWorthNothingToAnotherClient() {
        String nonce = issuer.issue(CLIENT, Transport.UDP, T);
        assertThat(issuer.isFresh(nonce, address("203.0.113.9", 61235), Transport.UDP, T)).isFalse();
        assertThat(issuer.isFresh(nonce, address("203.0.113.8", 61234), Transport.UDP, T)).isFalse();
        assertThat(issuer.isFresh(nonce, CLIENT, Transport.TCP, T)).isFalse();
    }

    @Test
    void isNotToBeMadeUp() {
        String nonce = issuer.issue(CLIENT, Transport.UDP, T);
        for (int i = 0; i < nonce.length(); i++) {
            char other = nonce.charAt(i) == 'A' ? 'B' : 'A';
            String forged = nonce.substring(0, i) + other + nonce.substring(i + 1);
            assertThat(issuer.isFresh(forged, CLIENT, Transport.UDP, T)).as(forged).isFalse();
        }
        for (String junk : List.of("", "x", nonce + "A",
                nonce.substring(1), "=".repeat(24), "A".repeat(23) + "=", "%s%n".repeat(6))) {
            assertThat(issuer.isFresh(junk, CLIENT, Transport.UDP, T)).as(junk).isFalse();
        }
    }

    @Test
    void isNotTakenByAnotherProcess() {
        String nonce = issuer.issue(CLIENT, Transport.UDP, T);
        assertThat(new NonceIssuer(new SplittableRandom(2), 600).isFresh(nonce, CLIENT, Transport.UDP, T)).isFalse();
    }

    @Test
    void isDifferentForEveryClient() {
        Set<String> nonces = new HashSet<>();
        for (int port = 1; port <= 10_000; port++) {
            nonces.add(issuer.issue(address("203.0.113.9", port), Transport.UDP, T).substring(6));
        }
        assertThat(nonces).hasSize(10_000);
    }

    @Test
    void survivesAClockThatIsSetBackALittle() {
        String before = issuer.issue(CLIENT, Transport.UDP, T);
        String after = issuer.issue(CLIENT, Transport.UDP, T - 5);
        assertThat(issuer.isFresh(before, CLIENT, Transport.UDP, T - 5)).isTrue();
        assertThat(issuer.isFresh(after, CLIENT, Transport.UDP, T - 4)).isTrue();
        String later = issuer.issue(CLIENT, Transport.UDP, T + 100);
        assertThat(issuer.isFresh(later, CLIENT, Transport.UDP, T + 50)).isTrue();
    }

    @Test
    void startsAfreshWhenTheClockIsSetBackALot() {
        String before = issuer.issue(CLIENT, Transport.UDP, T);
        String after = issuer.issue(CLIENT, Transport.UDP, T - 100_000);
        assertThat(issuer.isFresh(before, CLIENT, Transport.UDP, T - 100_000)).isFalse();
        assertThat(issuer.isFresh(after, CLIENT, Transport.UDP, T - 99_400)).isTrue();
        assertThat(issuer.isFresh(after, CLIENT, Transport.UDP, T - 99_399)).isFalse();
    }

    @Test
    void livesAnHourAtMost() {
        assertThatThrownBy(() -> new NonceIssuer(new SplittableRandom(), 3601)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NonceIssuer(new SplittableRandom(), 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
