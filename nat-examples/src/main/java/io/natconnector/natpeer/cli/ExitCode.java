package io.natconnector.natpeer.cli;

/** What a command ends with. Scripts rely on these. */
public final class ExitCode {
    /** Done; where there was a peer, data went both ways. */
    public static final int OK = 0;
    /** Tried and failed: not connected, connection lost, or data did not come back. */
    public static final int FAILED = 1;
    /** The command line is wrong; nothing was tried. */
    public static final int USAGE = 2;
    /** This machine did not let us: a port is taken, a file can't be written. */
    public static final int ENVIRONMENT = 3;

    private ExitCode() { }
}
