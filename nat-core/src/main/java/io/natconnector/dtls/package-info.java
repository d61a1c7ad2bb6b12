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
 * wall time, is never let run. Once it is done there is no thread any more.
 */
package io.natconnector.dtls;
