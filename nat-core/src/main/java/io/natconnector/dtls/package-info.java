/**
 * Encryption of a session: DTLS 1.2 (RFC 6347) with mutual authentication by the fingerprints that signalling has carried
 * (RFC 8842).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     type      |        version 0xfefd         |     epoch ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ... epoch      |           sequence number (48 bits) ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ...                            |            length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  the record: plain in epoch 0, sealed from epoch 1 on ...
 * </pre>
 *
 * <p>An {@link io.natconnector.dtls.DtlsAssociation} has no socket and no clock. Bouncy Castle's handshake blocks, so it runs on a
 * thread of its own ({@link io.natconnector.dtls.Handshakes}) that is handed one datagram at a time; its own retransmission, by
 * wall time, is never let run. Once it is done there is no thread any more, and no Bouncy Castle: the keys are taken over, and
 * records are sealed and opened here, on the JVM's own ciphers.
 *
 * <p>Two of ours exchange keys before they wear out, by another handshake within sealed records. Epoch 1 is that of the first
 * keys, and each exchange begins another. A record of type handshake in an epoch above 0 carries
 *
 * <pre>
 * whole records    a datagram of the new handshake
 * 12 bytes of 0    HelloRequest: the server asks the client to begin
 * nothing          the client has the keys of this epoch
 * </pre>
 */
package io.natconnector.dtls;
