package io.natconnector.stun;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and knows again the nonces of a server, of which it keeps none: a nonce is the time of issue and a MAC over that time and
 * the client's transport, address and port. So a nonce is worth nothing to anybody else, and a flood of requests leaves no state.
 *
 * <p>24 characters: base64 of 4 bytes of time (seconds of the Unix epoch) and 14 bytes of HMAC-SHA256. The key is replaced once per
 * lifetime; the one before stays until its last nonce has run out. Keys are random and die with the process, after which every
 * client gets one 438 and goes on.
 *
 * <p>Wall-clock time is handed in, in seconds of the Unix epoch; a clock that is set back does no harm. Not thread-safe.
 */
public final class NonceIssuer {
    /** RFC 8656, section 5 wants nonces to expire at least once an hour. */
    public static final long MAX_LIFETIME = 3600;
    public static final long DEFAULT_LIFETIME = 600;
    private static final int KEY_LENGTH = 32;
    private static final int TIME_LENGTH = 4;
    private static final int MAC_LENGTH = 14;
    private static final int TEXT_LENGTH = (TIME_LENGTH + MAC_LENGTH) * 4 / 3;

    private final RandomGenerator random;
    private final long lifetime;
    private final String prefix;
    private Mac current;
    private Mac previous;
    private long currentSince;

    /**
     * Issues nonces without a nonce cookie.
     *
     * @param random where keys come from: cryptographic outside tests
     * @param lifetime seconds, 1 to {@link #MAX_LIFETIME}
     */
    public NonceIssuer(RandomGenerator random, long lifetime) {
        this(random, lifetime, SecurityFeatures.NONE);
    }

    NonceIssuer(RandomGenerator random, long lifetime, SecurityFeatures features) {
        if (lifetime < 1 || lifetime > MAX_LIFETIME) {
            throw new IllegalArgumentException("lifetime of a nonce must be 1 to " + MAX_LIFETIME + " s, not " + lifetime);
        }
        this.random = random;
        this.lifetime = lifetime;
        this.prefix = features.prefix();
    }

    /** A nonce for that client, good for one lifetime. */
    public String issue(InetSocketAddress client, Transport transport, long epochSeconds) {
        long time = advance(epochSeconds);
        byte[] nonce = Arrays.copyOf(mac(current, client, transport, time), TIME_LENGTH + MAC_LENGTH);
        System.arraycopy(nonce, 0, nonce, TIME_LENGTH, MAC_LENGTH);
        ByteBuffer.wrap(nonce).putInt((int) time);
        return prefix + Base64.getUrlEncoder().encodeToString(nonce);
    }

    /** Whether the nonce was issued here, to that client, at most one lifetime ago. */
    public boolean isFresh(String nonce, InetSocketAddress client, Transport transport, long epochSeconds) {
        if (nonce.length() != prefix.length() + TEXT_LENGTH || !nonce.startsWith(prefix)) {
            return false;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(nonce.substring(prefix.length()));
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (bytes.length != TIME_LENGTH + MAC_LENGTH) {
            return false;                                     // padding characters inside the 24
        }
        long now = advance(epochSeconds);
        long time = Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
        Mac key = time >= currentSince ? current : previous;
        if (key == null || now - time > lifetime) {
            return false;
        }
        return MessageDigest.isEqual(Arrays.copyOfRange(bytes, TIME_LENGTH, bytes.length),
                Arrays.copyOf(mac(key, client, transport, time), MAC_LENGTH));
    }

    /** Replaces the key when it is due. The time that comes back never lies before the current key's. */
    private long advance(long epochSeconds) {
        if (current == null || Math.abs(epochSeconds - currentSince) > lifetime) {
            previous = epochSeconds > currentSince ? current : null;        // set back: what was issued "later" is worth nothing
            current = newKey();
            currentSince = epochSeconds;
        }
        return Math.max(epochSeconds, currentSince);
    }

    private static byte[] mac(Mac key, InetSocketAddress client, Transport transport, long time) {
        byte[] ip = client.getAddress().getAddress();
        ByteBuffer text = ByteBuffer.allocate(TIME_LENGTH + 1 + 2 + ip.length);
        text.putInt((int) time).put((byte) transport.ordinal()).putShort((short) client.getPort()).put(ip);
        return key.doFinal(text.array());
    }

    private Mac newKey() {
        byte[] key = new byte[KEY_LENGTH];
        random.nextBytes(key);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
