package io.natconnector;

/** Finds paths to other peers. */
public interface Connector extends AutoCloseable {
    /** One remote peer. */
    void peer();
}
