/**
 * STUN (RFC 8489): reading and writing messages, client transactions, the Binding server, long-term credentials on both sides,
 * discovery of what a NAT does (RFC 5780), and {@link
 * io.natconnector.stun.Machine}, the contract of every protocol in this SDK.
 *
 * <p>A message (RFC 8489, section 5) and one of its attributes (section 14):
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * |                         Magic Cookie                          |
 * |                  Transaction ID (96 bits) ...                 |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Type                  |            Length             |
 * |                Value, padded to a multiple of 4 ...           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Nothing here opens a socket, reads a clock or starts a thread.
 */
package io.natconnector.stun;
