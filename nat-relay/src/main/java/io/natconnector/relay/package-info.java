/**
 * TURN (RFC 8656) without IO: {@link io.natconnector.relay.RelayClient}, the client of one allocation, and
 * {@link io.natconnector.relay.RelayServer}.
 *
 * <p>Requests, answers and indications are STUN messages (see {@code io.natconnector.stun}). Data on a channel goes without one
 * (RFC 8656, section 12.4):
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Channel Number 0x4000..0x4FFF |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Data, padded to a multiple of 4 over streams, not over UDP ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Who is who on the server: {@code RelayServer} routes what comes in to a {@code Listener} (from clients) or a
 * {@code RelaySocket} (from peers); {@code RequestHandler} asks who it is, {@code AllocateHandler} and {@code PeerHandler} what he
 * may; an {@code Allocation} carries the data, by its {@code PeerTable}; {@code RelayHub} holds what all of them share.
 */
package io.natconnector.relay;
