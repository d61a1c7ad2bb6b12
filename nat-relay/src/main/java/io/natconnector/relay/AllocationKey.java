package io.natconnector.relay;

import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;

/**
 * What an allocation is known by: the client's 5-tuple (RFC 8656, section 5).
 *
 * @param transport between client and server
 * @param client its address as the server sees it
 * @param server the address that it talks to
 */
public record AllocationKey(Transport transport, InetSocketAddress client, InetSocketAddress server) { }
