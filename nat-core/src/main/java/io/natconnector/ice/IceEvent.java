package io.natconnector.ice;

/** What an agent's caller must do something about. */
public sealed interface IceEvent {
    /**
     * Send on this path from now on. The first one means that the peers are connected; later ones that a better path was found, or
     * that the one in use is gone.
     */
    record Selected(IcePath path) implements IceEvent { }

    /** Both sides agree on this path; nothing needs to be done. */
    record Nominated(IcePath path) implements IceEvent { }

    /** The selected path does not answer as it used to: see what has become of our own addresses. */
    record Doubtful(IcePath path) implements IceEvent { }

    /** There is traffic again over a relay, and a better path is looked for: our own addresses may be others by now. */
    record Resumed() implements IceEvent { }

    /** Longer datagrams than before are known to pass over the selected path, or not to pass any more. */
    record Resized(IcePath path) implements IceEvent { }

    /** No path is usable any more. The agent goes on looking. */
    record Lost(String why) implements IceEvent { }

    /** An authenticated check came from an address that the peer had not told us. */
    record Discovered(Candidate remote) implements IceEvent { }
}
