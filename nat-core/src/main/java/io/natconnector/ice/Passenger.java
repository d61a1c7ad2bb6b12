package io.natconnector.ice;

/**
 * What rides in checks and their answers, both ways, so that it needs no round trips of its own: a DTLS handshake
 * (draft-hancke-webrtc-sped-00). A peer that does not know it passes over the attributes.
 */
public interface Passenger {
    /** To put on the next check or answer as META-DTLS-IN-STUN; {@code null}: it is left out. */
    byte[] data();

    /** To put on the next check or answer as META-DTLS-IN-STUN-ACKNOWLEDGEMENT; {@code null}: it is left out. */
    byte[] acknowledgement();

    /** What an authenticated check or answer of the peer brought; {@code null} for what was left out. */
    void heard(byte[] data, byte[] acknowledgement, long now);
}
