package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceParameters;
import io.natconnector.ice.IcePath;
import io.natconnector.mdns.HiddenAddresses;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Words between two of ours over the path that they have, beside signalling: so that new addresses become known when signalling is
 * down, and appointments are kept sooner than it would carry them.
 *
 * <p>They are a STUN Binding indication whose DATA is a nonce of 12 bytes and the text, deflated and sealed with AES-GCM. The key
 * comes from the passwords of the first generation of ICE, which both sides know from signalling alone, so that no relay reads or
 * forges them. Words may come twice and late, so replays do no harm.
 */
final class Whisper {
    private static final byte[] LABEL = "natconnector words".getBytes(StandardCharsets.US_ASCII);
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_TEXT = 64 * 1024;

    private final RandomGenerator random;
    private final boolean hidesHosts;
    private SecretKeySpec key;

    Whisper(RandomGenerator random, boolean hidesHosts) {
        this.random = random;
        this.hidesHosts = hidesHosts;
    }

    /** Both sides' credentials are known, and the peer is one of ours. Later ones don't matter. */
    void agree(IceParameters one, IceParameters other) {
        if (key != null) {
            return;
        }
        String[] passwords = {one.pwd(), other.pwd()};
        Arrays.sort(passwords);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(String.join("\n", passwords).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            key = new SecretKeySpec(mac.doFinal(LABEL), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** Sends the words, if there are any, over a path, if there is one. */
    void say(Words words, IcePath path, Queue<Datagram> transmits) {
        ByteBuf sealed = words == null || key == null || path == null ? null
                : seal(hidesHosts ? words.with(seenByOthers(words.candidates())) : words, path.mtu());
        if (sealed != null) {
            transmits.add(Datagram.udp(path.from(), path.to(), sealed));
        }
    }

    /** Without addresses of local networks: names in their place are looked up by signalling alone. */
    private static List<Candidate> seenByOthers(List<Candidate> candidates) {
        return candidates.stream().filter(candidate -> !HiddenAddresses.isOfALocalNetwork(candidate.address().getAddress()))
                .map(candidate -> new Candidate(
                        candidate.foundation(), candidate.priority(), candidate.address(), candidate.type(), null)).toList();
    }

    /** The words as a datagram of at most so many bytes, with fewer candidates where they don't fit; {@code null} if they can't. */
    private ByteBuf seal(Words words, int most) {
        Words shorter = words;
        for (int count = words.candidates().size(); ; count = count * 3 / 4) {
            shorter = count == words.candidates().size() ? words : words.with(words.candidates().subList(0, count));
            byte[] nonce = new byte[NONCE_LENGTH];
            random.nextBytes(nonce);
            byte[] sealed = run(Cipher.ENCRYPT_MODE, nonce, deflate(shorter.text().getBytes(StandardCharsets.UTF_8)));
            byte[] data = Arrays.copyOf(nonce, NONCE_LENGTH + sealed.length);
            System.arraycopy(sealed, 0, data, NONCE_LENGTH, sealed.length);
            StunWriter writer = StunWriter.write(StunMethod.BINDING, StunClass.INDICATION, TransactionId.random(random))
                    .putBytes(StunAttribute.DATA, data);
            ByteBuf datagram = writer.fingerprint();
            if (datagram.readableBytes() <= most) {
                return datagram;
            }
            datagram.release();
            if (count <= 1) {
                return null;
            }
        }
    }

    /** The words in a datagram, or {@code null} if there are none that the peer has sealed. */
    Words open(StunMessage indication) {
        ByteBuf data = indication.get(StunAttribute.DATA);
        if (key == null || data == null || data.readableBytes() <= NONCE_LENGTH) {
            return null;
        }
        byte[] nonce = new byte[NONCE_LENGTH];
        byte[] sealed = new byte[data.readableBytes() - NONCE_LENGTH];
        data.getBytes(data.readerIndex(), nonce).getBytes(data.readerIndex() + NONCE_LENGTH, sealed);
        byte[] deflated = run(Cipher.DECRYPT_MODE, nonce, sealed);
        String text = deflated == null ? null : inflate(deflated);
        try {
            return text == null ? null : Words.parse(text);
        } catch (IllegalArgumentException e) {
            return null;                                       // of a version that says things in another way
        }
    }

    /** {@code null}: it was not sealed with this key. */
    private byte[] run(int mode, byte[] nonce, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static byte[] deflate(byte[] text) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        deflater.setInput(text);
        deflater.finish();
        byte[] buffer = new byte[text.length + 64];
        int length = deflater.deflate(buffer);
        deflater.end();
        return Arrays.copyOf(buffer, length);
    }

    private static String inflate(byte[] deflated) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(deflated);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] buffer = new byte[4096];
            for (int length; (length = inflater.inflate(buffer)) > 0 && text.size() <= MAX_TEXT; ) {
                text.write(buffer, 0, length);
            }
            return inflater.finished() ? text.toString(StandardCharsets.UTF_8) : null;
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }
}
