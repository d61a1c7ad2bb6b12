package io.natconnector.natpeer.talk;

import io.natconnector.NatException;
import io.natconnector.Path;
import io.natconnector.PeerChannel;
import io.natconnector.Signaling;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;

/** Tells people on standard error how it stands. Any thread. */
final class Status {
    private final PrintWriter err;
    private final Map<Signaling, String> troubles = new HashMap<>();

    Status(PrintWriter err) {
        this.err = err;
    }

    synchronized void say(String line) {
        err.println("natpeer: " + line);
        err.flush();
    }

    /** @param advice empty when it works */
    synchronized void signalling(Signaling carrier, String advice) {
        String before = troubles.put(carrier, advice);
        if (!advice.isEmpty() && !advice.equals(before)) {
            say("signalling: " + advice);
        } else if (advice.isEmpty() && before != null && !before.isEmpty()) {
            say("signalling works again");
        }
    }

    void connected(PeerChannel channel) {
        Path path = channel.path();
        say("connected with " + channel.peer() + (path == null ? "" : ": " + path)
                + (channel.identity() == null ? ", in plaintext" : ", encrypted, its identity " + channel.identity()));
    }

    void pathChanged(PeerChannel channel, Path to) {
        say(to == null ? "no path to " + channel.peer() + " works at present; looking for one"
                : channel.peer() + " now over " + to);
    }

    void ended(PeerChannel channel) {
        NatException cause = channel.cause();
        if (cause != null && cause.reason() == NatException.Reason.CLOSED) {
            return;                                            // we did it
        }
        say(cause == null ? channel.peer() + " is gone" : cause.getMessage());
    }

    /** Advice, and all that was tried. */
    void failed(NatException failure) {
        say(failure.getMessage());
        synchronized (this) {
            err.println(failure.report());
            err.flush();
        }
    }
}
