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
 * may; an {@code Allocation} carries the data, by its {@code PeerTable}; {@code RelayHub} holds what all of them share. TCP
 * allocations (RFC 6062) have {@code Connections} asked for by {@code ConnectHandler}; {@code Mobility} finds allocations whose
 * clients have moved (RFC 8016); a {@code Drain} lets a server go out of service.
 *
 * <p>And on the client: {@code ClientLife} is how far it has come, {@code ClientAllocation} what the relay granted,
 * {@code ClientPeers} whom it may talk to, {@code ClientData} what passes, {@code ClientWay} between where and where.
 */
package io.natconnector.relay;
