package io.natconnector.stun;

import static io.natconnector.stun.PasswordAlgorithm.MD5;
import static io.natconnector.stun.PasswordAlgorithm.SHA_256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialStoreTest {
    private static final long T = 1_800_000_000L;

    @Test
    void staticUsersHaveOneKeyByEitherAlgorithm() {
        CredentialStore store = new StaticCredentials(Map.of("alice", "secret"));
        assertThat(store.keys("alice", "r", MD5, T)).containsExactly(IntegrityKey.longTermKey("alice", "r", "secret", MD5));
        assertThat(store.keys("alice", "r", SHA_256, T)).containsExactly(IntegrityKey.longTermKey("alice", "r", "secret", SHA_256));
        assertThat(store.keys("bob", "r", MD5, T)).isEmpty();
    }

    @Test
    void staticUsersAreFoundByTheirHash() {
        CredentialStore store = new StaticCredentials(Map.of("alice", "secret", "bob", "secret"));
        assertThat(store.knowsUserhashes()).isTrue();
        assertThat(store.username(IntegrityKey.userhash("bob", "r"), "r")).isEqualTo("bob");
        assertThat(store.username(IntegrityKey.userhash("bob", "s"), "r")).isNull();
        assertThat(store.username(new byte[32], "r")).isNull();
    }

    @Test
    void staticUsersNeedNameAndPassword() {
        assertThatThrownBy(() -> new StaticCredentials(Map.of("alice", ""))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alice");
        assertThatThrownBy(() -> new StaticCredentials(Map.of(" ", "x"))).isInstanceOf(IllegalArgumentException.class);
    }

    /** The value that {@code openssl dgst -sha1 -hmac north} gives for the user name. */
    @Test
    void restPasswordsAreWhatOtherServersMake() {
        assertThat(RestCredentials.username("alice", 1_900_000_000L)).isEqualTo("1900000000:alice");
        assertThat(RestCredentials.password("north", "1900000000:alice")).isEqualTo("SnH0MEKWgnUzXU+ElSVhRG+O/9g=");
    }

    @Test
    void restUsersHaveAKeyUntilTheyRunOut() {
        CredentialStore store = new RestCredentials("north");
        String user = RestCredentials.username("alice", T + 100);
        byte[] key = IntegrityKey.longTermKey(user, "r", RestCredentials.password("north", user), MD5);
        assertThat(store.keys(user, "r", MD5, T)).containsExactly(key);
        assertThat(store.keys(user, "r", MD5, T + 99)).containsExactly(key);
        assertThat(store.keys(user, "r", MD5, T + 100)).isEmpty();
    }

    @Test
    void restUsersMayNotRunOutTooLate() {
        CredentialStore store = new RestCredentials("north");
        assertThat(store.keys(RestCredentials.username("alice", T + 86_400), "r", MD5, T)).hasSize(1);
        assertThat(store.keys(RestCredentials.username("alice", T + 86_401), "r", MD5, T)).isEmpty();
        assertThat(store.keys(RestCredentials.username("alice", 99_999_999_999L), "r", MD5, T)).isEmpty();
    }

    @Test
    void restUsersMaySignByEitherSecretWhileOneReplacesTheOther() {
        CredentialStore store = new RestCredentials(List.of("new", "old"), Duration.ofMinutes(5));
        String user = RestCredentials.username("alice", T + 100);
        assertThat(store.keys(user, "r", SHA_256, T)).containsExactly(
                IntegrityKey.longTermKey(user, "r", RestCredentials.password("new", user), SHA_256),
                IntegrityKey.longTermKey(user, "r", RestCredentials.password("old", user), SHA_256));
    }

    @Test
    void restUserNamesBeginWithATime() {
        CredentialStore store = new RestCredentials("north");
        for (String user : List.of("", ":", "alice", ":" + (T + 100), "+" + (T + 100), "-1:x", T + 100 + "x:alice", " " + (T + 100),
                "0" + "0".repeat(500) + (T + 100), "9".repeat(508), "\u0661\u0662:x", "%s%n")) {
            assertThat(store.keys(user, "r", MD5, T)).as(user).isEmpty();
        }
        assertThat(store.keys(String.valueOf(T + 100), "r", MD5, T)).hasSize(1);
        assertThat(store.keys(T + 100 + ":", "r", MD5, T)).hasSize(1);
    }

    @Test
    void restNeedsASecret() {
        assertThatThrownBy(() -> new RestCredentials("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RestCredentials(List.of(), Duration.ofDays(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RestCredentials(List.of("a", "b", "c"), Duration.ofDays(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RestCredentials(List.of("a"), Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
