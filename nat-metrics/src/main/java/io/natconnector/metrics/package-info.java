/**
 * Meters of a {@link io.natconnector.Connector} and of a {@link io.natconnector.NatServer} for a Micrometer registry. What is
 * counted anyway is read when the registry is, so nothing is done for it per datagram; what happens to a connection is timed when
 * it happens. No meter has a peer, a user or an address among its tags.
 */
package io.natconnector.metrics;
