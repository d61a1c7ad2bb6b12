package io.natconnector.signal;

import java.util.concurrent.CompletableFuture;

/**
 * A message on its way to the broker.
 *
 * @param expiry after which there is no use in sending it, nanoseconds
 * @param result done once the broker has acknowledged it; completed by the driver, never by the machine
 */
record Outgoing(String topic, byte[] payload, long expiry, CompletableFuture<Void> result) {
}
