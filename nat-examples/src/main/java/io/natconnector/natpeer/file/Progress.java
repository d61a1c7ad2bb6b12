package io.natconnector.natpeer.file;

/** How far a file is. Called on the event loop, often. */
@FunctionalInterface
public interface Progress {
    /**
     * @param done bytes that the receiver is known to have, or has
     * @param length of the file
     */
    void at(String name, long done, long length);
}
