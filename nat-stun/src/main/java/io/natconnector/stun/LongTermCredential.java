package io.natconnector.stun;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The client's side of the long-term credential mechanism with one server (RFC 8489, section 9.2): a user name and a password, and
 * what the server's last challenge made of them.
 *
 * <pre>{@code
 * Attempt attempt = credential.attempt();                              // kept with the request
 * ByteBuf request = credential.authenticate(StunWriter.write(...).put(...)).end();
 * ...
 * if (!credential.verify(response, attempt)) return;                   // forged: as if it had never come
 * if (LongTermCredential.isChallenge(response)) {
 *     attempt = credential.challenge(response, attempt);               // null: rejected; else send again, with a new id
 * }
 * }</pre>
 *
 * <p>With a server that offers PASSWORD-ALGORITHMS, requests carry MESSAGE-INTEGRITY-SHA256 and answers must; with any other one
 * it is MESSAGE-INTEGRITY and a key by MD5. Not thread-safe: one per session, as its {@link IntegrityKey}.
 */
public final class LongTermCredential {
    /** How a request has been sent; together with the answer it decides whether sending it once more has any sense. */
    public enum Attempt {
        /** Without credentials: the server has not told its realm and nonce yet. */
        BARE,
        /** With credentials. */
        SIGNED,
        /** With credentials, after the server had called the ones before stale. */
        RENEWED
    }

    private final String username;
    private final String password;
    private byte[] realm;
    private byte[] nonce;
    private boolean anonymous;
    private byte[] offered;                                   // PASSWORD-ALGORITHMS as the server wrote it, to be echoed
    private PasswordAlgorithm algorithm;
    private IntegrityKey key;                                 // null until the first challenge

    public LongTermCredential(String username, String password) {
        this.username = OpaqueString.prepare(Objects.requireNonNull(username, "username"));
        this.password = OpaqueString.prepare(Objects.requireNonNull(password, "password"));
    }

    /** How a request that is written now goes out: {@code BARE} before the first challenge, {@code SIGNED} ever after. */
    public Attempt attempt() {
        return key == null ? Attempt.BARE : Attempt.SIGNED;
    }

    /**
     * Adds user, realm, nonce and integrity; nothing before the first challenge. Only FINGERPRINT may follow.
     *
     * @return the writer
     */
    public StunWriter authenticate(StunWriter request) {
        if (key == null) {
            return request;                                   // RFC 8489, section 9.2.3.1: the first request has no credentials
        }
        if (anonymous) {
            request.put(StunAttribute.USERHASH, IntegrityKey.userhash(username, new String(realm, StandardCharsets.UTF_8)));
        } else {
            request.put(StunAttribute.USERNAME, username);
        }
        request.putBytes(StunAttribute.REALM, realm).putBytes(StunAttribute.NONCE, nonce);
        if (offered == null) {
            return request.sign(key);
        }
        return request.putBytes(StunAttribute.PASSWORD_ALGORITHMS, offered)
                .put(StunAttribute.PASSWORD_ALGORITHM, List.of(algorithm)).signSha256(key);
    }

    /**
     * Whether the answer to a request may be believed. One that may not is to be ignored: the true one may still come (RFC 8489,
     * section 9.2.5). A challenge needs no integrity, because the server may not know whose key to take; neither does an answer
     * to a bare request.
     */
    public boolean verify(StunMessage response, Attempt attempt) {
        if (attempt == Attempt.BARE || isChallenge(response) && !response.hasIntegrity() && !response.hasIntegritySha256()) {
            return true;
        }
        return offered == null ? response.verify(key) : response.verifySha256(key);
    }

    /** Whether the message asks for credentials, or for newer ones: an error response 401 or 438. */
    public static boolean isChallenge(StunMessage response) {
        ErrorCode error = response.stunClass() == StunClass.ERROR ? response.get(StunAttribute.ERROR_CODE) : null;
        return error != null && (error.code() == ErrorCode.UNAUTHENTICATED || error.code() == ErrorCode.STALE_NONCE);
    }

    /**
     * Takes in realm, nonce and algorithms of a challenge (RFC 8489, section 9.2.5).
     *
     * @param attempt how the challenged request had been sent
     * @return how it goes out when it is written again, with a new transaction id; {@code null} when the server rejects this user
     *         or password, keeps calling fresh nonces stale, wants what we can't do, or has been tampered with on the way
     */
    public Attempt challenge(StunMessage response, Attempt attempt) {
        byte[] newRealm = response.bytes(StunAttribute.REALM);
        byte[] newNonce = response.bytes(StunAttribute.NONCE);
        if (newRealm == null) {
            newRealm = realm;                                 // some servers' 438 leaves it out
        }
        if (!isChallenge(response) || newRealm == null || newNonce == null || !worthwhile(response, newRealm, attempt)) {
            return null;
        }
        SecurityFeatures features = SecurityFeatures.of(new String(newNonce, StandardCharsets.UTF_8));
        List<PasswordAlgorithm> algorithms = response.get(StunAttribute.PASSWORD_ALGORITHMS);
        if (algorithms == null && features.passwordAlgorithms()) {
            return null;                                      // section 9.2.5: bid down; MUST NOT retry
        }
        if (algorithms != null && algorithms.isEmpty()) {
            return null;                                      // none that we know
        }
        // Section 14.11: most preferred first
        PasswordAlgorithm newAlgorithm = algorithms == null ? PasswordAlgorithm.MD5 : algorithms.get(0);
        if (newAlgorithm != algorithm || !Arrays.equals(newRealm, realm)) {
            key = IntegrityKey.longTerm(username, new String(newRealm, StandardCharsets.UTF_8), password, newAlgorithm);
        }
        algorithm = newAlgorithm;
        realm = newRealm;
        nonce = newNonce;
        anonymous = features.usernameAnonymity();
        offered = algorithms == null ? null : response.bytes(StunAttribute.PASSWORD_ALGORITHMS);
        return attempt == Attempt.BARE ? Attempt.SIGNED : Attempt.RENEWED;
    }

    /** The same credentials for the same realm fail again; a fresh nonce or another realm is worth one attempt more. */
    private boolean worthwhile(StunMessage response, byte[] newRealm, Attempt attempt) {
        return switch (attempt) {
            case BARE -> true;
            case SIGNED -> response.get(StunAttribute.ERROR_CODE).code() == ErrorCode.STALE_NONCE
                    || !Arrays.equals(newRealm, realm);
            case RENEWED -> false;
        };
    }
}
