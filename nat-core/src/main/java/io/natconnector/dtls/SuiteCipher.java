package io.natconnector.dtls;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;

/**
 * The keys that a handshake has come to (RFC 5246, section 6.3). Bouncy Castle seals the handshake's last messages with them; what
 * comes after is sealed without it.
 */
final class SuiteCipher implements TlsCipher {
    private final Suite suite;
    private final RecordKey ours;
    private final RecordKey theirs;
    private final ReplayWindow window = new ReplayWindow();
    private long sealed;

    SuiteCipher(Suite suite, TlsCryptoParameters parameters) {
        this.suite = suite;
        int key = suite.keyLength();
        int iv = suite.ivLength();
        byte[] block = TlsImplUtils.calculateKeyBlock(parameters, 2 * (key + iv));
        RecordKey client = new RecordKey(suite, Arrays.copyOf(block, key), Arrays.copyOfRange(block, 2 * key, 2 * key + iv));
        RecordKey server = new RecordKey(suite, Arrays.copyOfRange(block, key, 2 * key),
                Arrays.copyOfRange(block, 2 * key + iv, 2 * (key + iv)));
        Arrays.fill(block, (byte) 0);
        this.ours = parameters.isServer() ? server : client;
        this.theirs = parameters.isServer() ? client : server;
    }

    RecordKey ours() {
        return ours;
    }

    RecordKey theirs() {
        return theirs;
    }

    /** The records of the peer that the handshake has opened. */
    ReplayWindow window() {
        return window;
    }

    /** How many records the handshake has sealed: the number of the next one. */
    long sealed() {
        return sealed;
    }

    @Override
    public TlsEncodeResult encodePlaintext(long number, short type, ProtocolVersion version, int headroom, byte[] plaintext,
            int offset, int length) {
        sealed = (number & Epoch.LAST_SEQUENCE) + 1;
        byte[] record = new byte[headroom + length + suite.overhead()];
        System.arraycopy(plaintext, offset, record, headroom + suite.explicitLength(), length);
        ours.seal(number, type, record, headroom, length);
        return new TlsEncodeResult(record, 0, record.length, type);
    }

    @Override
    public TlsDecodeResult decodeCiphertext(long number, short type, ProtocolVersion version, byte[] ciphertext, int offset,
            int length) throws IOException {
        byte[] content = new byte[length];
        int contentLength = theirs.open(number, type, ciphertext, offset, length, content);
        if (contentLength < 0) {
            throw new TlsFatalAlert(AlertDescription.bad_record_mac);
        }
        window.add(number & Epoch.LAST_SEQUENCE);
        return new TlsDecodeResult(content, 0, contentLength, type);
    }

    @Override
    public int getCiphertextDecodeLimit(int plaintextLimit) {
        return plaintextLimit + suite.overhead();
    }

    @Override
    public int getCiphertextEncodeLimit(int plaintextLength) {
        return plaintextLength + suite.overhead();
    }

    @Override
    public int getPlaintextDecodeLimit(int ciphertextLimit) {
        return ciphertextLimit - suite.overhead();
    }

    @Override
    public int getPlaintextEncodeLimit(int ciphertextLimit) {
        return ciphertextLimit - suite.overhead();
    }

    @Override
    public void rekeyDecoder() throws IOException {
        throw new TlsFatalAlert(AlertDescription.internal_error);   // DTLS 1.2 has no update of keys
    }

    @Override
    public void rekeyEncoder() throws IOException {
        throw new TlsFatalAlert(AlertDescription.internal_error);
    }

    @Override
    public boolean usesOpaqueRecordTypeDecode() {
        return false;
    }

    @Override
    public boolean usesOpaqueRecordTypeEncode() {
        return false;
    }
}
