package io.natconnector.dtls;

import java.io.IOException;
import java.security.cert.X509Certificate;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;

/** One side of one handshake: what it shows, what it expects, and what came of it. Used by one thread at a time. */
interface Party {
    /** The handshake itself. */
    DTLSTransport talk(DatagramTransport wire) throws IOException;

    /** Whether it has something to say before anything is put to it. */
    boolean speaksFirst();

    /** The number of the plain record that it has heard already, or -1. */
    long heardAlready();

    /** The keys; {@code null} before they are agreed on. */
    SuiteCipher cipher();

    /** Whether the other side has proved all that this one wants to know. */
    boolean isContent();

    /** The certificate that the other side has shown, if it is the expected one; else {@code null}. */
    X509Certificate peer();

    /** What was wrong with the other side's certificate, or {@code null}. */
    String refused();
}
