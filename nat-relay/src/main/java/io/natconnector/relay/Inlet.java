package io.natconnector.relay;

import io.natconnector.stun.Datagram;

/** A socket of the relay server, by who talks to it: {@link Listener} for clients, {@link RelaySocket} for peers. */
interface Inlet {
    /** Takes in what came; the payload is borrowed. */
    void receive(Datagram datagram, long now);
}
