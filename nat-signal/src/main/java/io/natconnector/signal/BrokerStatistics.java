package io.natconnector.signal;

/**
 * What an {@link EmbeddedBroker} does and did.
 *
 * @param clients connected at present
 * @param retained messages kept at present
 * @param published messages taken from clients
 * @param delivered messages given to clients, each counted for every client
 * @param refused connections turned away: no room, no proper credentials, no MQTT, no word in time
 * @param cut clients thrown out: they read too slowly, fell silent or broke the protocol
 */
public record BrokerStatistics(int clients, int retained, long published, long delivered, long refused, long cut) {
}
