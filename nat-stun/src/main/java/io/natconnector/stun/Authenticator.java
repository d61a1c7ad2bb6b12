package io.natconnector.stun;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The server's side of the long-term credential mechanism (RFC 8489, section 9.2.4), without a trace of those who fail.
 *
 * <pre>{@code
 * Verdict verdict = authenticator.check(request, client, transport, epochSeconds, allocation == null ? null : allocation.user);
 * if (verdict instanceof Refused refused) return authenticator.refuse(request, refused, client, transport, epochSeconds).end();
 * Accepted user = (Accepted) verdict;
 * ... user.sign(StunWriter.answer(request, SUCCESS).put(...)).end()
 * }</pre>
 *
 * <p>The nonce is looked at first: one MAC tells whether the client has ever received an answer of ours at this address, so a
 * flood from forged addresses never gets as far as the users. A wrong password and an unknown user get the same answer after the
 * same work. Not thread-safe: one per event loop.
 */
public final class Authenticator {
    /** Where the extras of RFC 8489 (SHA-256, hidden user names) are offered; they lengthen a 401 from 72 bytes to about 100. */
    public enum Offer {
        NEVER,
        /** Only where the source address can't be forged, so that the length of an answer is nobody's gain. */
        RELIABLE,
        ALWAYS
    }

    /** What is to be done with a request. */
    public sealed interface Verdict { }

    /**
     * The request is from this user.
     *
     * @param key verified; good for the user's later requests
     * @param algorithm that the key was made by
     * @param sha256 whether the request was signed with MESSAGE-INTEGRITY-SHA256, and so the answer must be
     */
    public record Accepted(String username, IntegrityKey key, PasswordAlgorithm algorithm, boolean sha256) implements Verdict {
        public StunWriter sign(StunWriter answer) {
            return sha256 ? answer.signSha256(key) : answer.sign(key);
        }
    }

    /** The request is to be answered with this error: 400, 401 or 438. */
    public record Refused(int code) implements Verdict { }

    private static final List<PasswordAlgorithm> ALGORITHMS = List.of(PasswordAlgorithm.SHA_256, PasswordAlgorithm.MD5);
    private static final byte[] OFFERED = {0, 2, 0, 0, 0, 1, 0, 0};

    private final String realm;
    private final CredentialStore store;
    private final Offer offer;
    private final NonceIssuer plain;
    private final NonceIssuer extended;

    /**
     * @param realm kept short: every four characters of it are a fifth of a bare request more in an answer to a stranger
     * @param random where nonces' keys come from: cryptographic outside tests
     * @param nonceLifetime seconds, 1 to {@link NonceIssuer#MAX_LIFETIME}
     */
    public Authenticator(String realm, CredentialStore store, Offer offer, RandomGenerator random, long nonceLifetime) {
        if (realm.isEmpty()) {
            throw new IllegalArgumentException("a realm must not be empty");
        }
        this.realm = realm;
        this.store = Objects.requireNonNull(store, "store");
        this.offer = Objects.requireNonNull(offer, "offer");
        this.plain = new NonceIssuer(random, nonceLifetime);
        this.extended = new NonceIssuer(random, nonceLifetime, new SecurityFeatures(true, store.knowsUserhashes()));
    }

    public String realm() {
        return realm;
    }

    /**
     * Who sent the request?
     *
     * @param known what an earlier request of the same session was accepted as, or {@code null}: spares the store a question, and
     *        lets the session go on when its credential has run out meanwhile
     * @param epochSeconds wall-clock time
     */
    public Verdict check(StunMessage request, InetSocketAddress client, Transport transport, long epochSeconds, Accepted known) {
        if (!request.hasIntegrity() && !request.hasIntegritySha256()) {
            return new Refused(ErrorCode.UNAUTHENTICATED);
        }
        String nonce = request.get(StunAttribute.NONCE);
        String itsRealm = request.get(StunAttribute.REALM);
        String username = request.get(StunAttribute.USERNAME);
        byte[] userhash = username == null ? request.get(StunAttribute.USERHASH) : null;
        if (nonce == null || itsRealm == null || username == null && userhash == null) {
            return new Refused(ErrorCode.BAD_REQUEST);
        }
        if (!issuer(transport).isFresh(nonce, client, transport, epochSeconds)) {
            return new Refused(ErrorCode.STALE_NONCE);
        }
        PasswordAlgorithm algorithm = algorithm(request, transport);
        if (algorithm == null) {
            return new Refused(ErrorCode.BAD_REQUEST);
        }
        if (userhash != null) {
            username = store.username(userhash, realm);
        }
        if (known != null && known.algorithm() == algorithm && known.username().equals(username) && verify(request, known.key())) {
            return known.sha256() == request.hasIntegritySha256() ? known
                    : new Accepted(username, known.key(), algorithm, request.hasIntegritySha256());
        }
        IntegrityKey key = key(request, username, itsRealm, algorithm, epochSeconds);
        return key == null ? new Refused(ErrorCode.UNAUTHENTICATED)
                : new Accepted(username, key, algorithm, request.hasIntegritySha256());
    }

    /**
     * By what the client made its key; {@code null} when it did not answer to what was offered, as it is when somebody on the way
     * has changed the offer.
     */
    private PasswordAlgorithm algorithm(StunMessage request, Transport transport) {
        List<PasswordAlgorithm> chosen = request.get(StunAttribute.PASSWORD_ALGORITHM);
        byte[] echo = request.bytes(StunAttribute.PASSWORD_ALGORITHMS);
        if (!isExtended(transport) || chosen == null && echo == null) {
            return PasswordAlgorithm.MD5;
        }
        return chosen == null || chosen.size() != 1 || !Arrays.equals(echo, OFFERED) ? null : chosen.get(0);
    }

    private IntegrityKey key(StunMessage request, String username, String itsRealm, PasswordAlgorithm algorithm,
            long epochSeconds) {
        List<byte[]> keys = username == null || !itsRealm.equals(realm) ? List.of()
                : store.keys(username, realm, algorithm, epochSeconds);
        if (keys.isEmpty()) {
            verify(request, IntegrityKey.longTerm("nobody", realm, "nothing", algorithm));    // takes as long as a wrong password
        }
        for (byte[] candidate : keys) {
            IntegrityKey key = IntegrityKey.of(candidate);
            if (verify(request, key)) {
                return key;
            }
        }
        return null;
    }

    private static boolean verify(StunMessage request, IntegrityKey key) {
        return request.hasIntegritySha256() ? request.verifySha256(key) : request.verify(key);
    }

    /** The answer to a refused request; the caller ends it. A 401 or 438 challenges: realm, a fresh nonce, what is offered. */
    public StunWriter refuse(StunMessage request, Refused refused, InetSocketAddress client, Transport transport,
            long epochSeconds) {
        StunWriter answer = StunWriter.answer(request, StunClass.ERROR).put(StunAttribute.ERROR_CODE, ErrorCode.of(refused.code()));
        if (refused.code() == ErrorCode.BAD_REQUEST) {
            return answer;
        }
        answer.put(StunAttribute.REALM, realm)
                .put(StunAttribute.NONCE, issuer(transport).issue(client, transport, epochSeconds));
        return isExtended(transport) ? answer.put(StunAttribute.PASSWORD_ALGORITHMS, ALGORITHMS) : answer;
    }

    private NonceIssuer issuer(Transport transport) {
        return isExtended(transport) ? extended : plain;
    }

    private boolean isExtended(Transport transport) {
        return offer == Offer.ALWAYS || offer == Offer.RELIABLE && transport.isReliable();
    }
}
