/**
 * Sessions between peers, without IO. {@link io.natconnector.session.Endpoint} owns the sockets of a connector, gathers candidates
 * once for all its peers, and routes each datagram to its {@link io.natconnector.session.PeerSession}, which runs ICE with one peer
 * and says what the two sides tell each other ({@link io.natconnector.session.Words}).
 */
package io.natconnector.session;
