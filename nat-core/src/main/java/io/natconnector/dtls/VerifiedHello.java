package io.natconnector.dtls;

import org.bouncycastle.tls.DTLSRequest;

/**
 * The words by which a client begins, from an address at which it has shown to be.
 *
 * @param random of the client, as large as a long: tells one beginning from another
 * @param sequence the number of its record
 */
public record VerifiedHello(DTLSRequest request, long random, long sequence) { }
