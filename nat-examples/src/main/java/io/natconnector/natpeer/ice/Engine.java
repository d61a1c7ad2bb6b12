package io.natconnector.natpeer.ice;

import java.io.IOException;

/** An implementation of ICE. */
interface Engine extends AutoCloseable {
    /** A new leg; does nothing before its {@link Leg#start}. */
    Leg open(IceSetup setup, Leg.Listener listener) throws IOException;

    /** Gives back what all legs share. */
    @Override
    void close();
}
