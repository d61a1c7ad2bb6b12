package io.natconnector.stun;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Credentials that run out, made by whoever shares a secret with the server and known to the server without a list (the "TURN REST
 * API", draft-uberti-behave-turn-rest-00): user name {@code expiry:anything}, expiry in seconds of the Unix epoch; password
 * {@code base64(HMAC-SHA1(secret, user name))}.
 *
 * <p>Immutable and thread-safe.
 */
public final class RestCredentials implements CredentialStore {
    /** A stolen credential is good for no longer than this, whatever expiry its maker wrote. */
    public static final Duration DEFAULT_MAX_TTL = Duration.ofHours(24);
    private static final int MAX_DIGITS = 11;

    private final List<String> secrets;
    private final long maxTtl;

    public RestCredentials(String secret) {
        this(List.of(secret), DEFAULT_MAX_TTL);
    }

    /**
     * @param secrets one, or two while one replaces the other
     * @param maxTtl how far in the future an expiry may lie
     * @throws IllegalArgumentException for no secret, an empty one, or more than two
     */
    public RestCredentials(List<String> secrets, Duration maxTtl) {
        if (secrets.isEmpty() || secrets.size() > 2 || secrets.stream().anyMatch(RestCredentials::isNone)) {
            throw new IllegalArgumentException("one or two secrets, none of them empty or out of a manual");
        }
        if (maxTtl.toSeconds() < 1) {
            throw new IllegalArgumentException("longest time to live must be 1 s or more, not " + maxTtl);
        }
        this.secrets = List.copyOf(secrets);
        this.maxTtl = maxTtl.toSeconds();
    }

    /** Whether everybody would guess it. */
    static boolean isNone(String secret) {
        return secret.isBlank() || secret.equalsIgnoreCase("changeme");
    }

    /** The user name of a credential that runs out at that second of the Unix epoch. */
    public static String username(String user, long expiry) {
        return expiry + ":" + user;
    }

    /** The password that goes with a user name. */
    public static String password(String secret, String username) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA1", e);
        }
    }

    @Override
    public List<byte[]> keys(String username, String realm, PasswordAlgorithm algorithm, long epochSeconds) {
        long expiry = expiry(username);
        if (expiry <= epochSeconds || expiry - epochSeconds > maxTtl) {
            return List.of();
        }
        return secrets.stream()
                .map(secret -> IntegrityKey.longTermKey(username, realm, password(secret, username), algorithm)).toList();
    }

    /** The digits before the colon, or before the end; 0, long over, when they are none. */
    private static long expiry(String username) {
        long expiry = 0;
        for (int i = 0; i < username.length() && username.charAt(i) != ':'; i++) {
            char digit = username.charAt(i);
            if (digit < '0' || digit > '9' || i >= MAX_DIGITS) {
                return 0;
            }
            expiry = 10 * expiry + digit - '0';
        }
        return expiry;
    }
}
