/**
 * Files over QUIC streams, with Netty's codec on a {@link io.natconnector.PeerChannel} in plaintext: QUIC brings encryption, order
 * and repetition, the channel brings paths. When paths change below, QUIC sees nothing but a moment of loss; when all is lost, the
 * next connection goes on where the file broke off.
 *
 * <p>Each side shows a certificate of its own in QUIC's handshake and proves, first thing on the stream, that it knows the secret
 * of both (HMAC-SHA256 with both certificates). A stream is one file:
 *
 * <pre>
 * sender     proof (32)  length (8)  length of the name (2)  name (UTF-8)
 * receiver   proof (32)  offset to go on from (8), below 0: refused
 * sender     the file from there  SHA-256 of all of it (32)
 * receiver   1 it is stored, 0 it is not what was sent
 * </pre>
 */
package io.natconnector.natpeer.file;
