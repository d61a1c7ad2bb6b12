package io.natconnector.natpeer.talk;

import io.natconnector.NatException;
import io.natconnector.Path;
import io.natconnector.PeerChannel;
import io.natconnector.Signaling;
import io.natconnector.natpeer.cli.JsonLine;
import io.natconnector.natpeer.cli.Text;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Tells people on standard error how it stands, or programs, in JSON lines. Any thread. */
final class Status {
    private final PrintWriter err;
    private final boolean json;
    private final Map<Signaling, String> troubles = new HashMap<>();

    Status(PrintWriter err, boolean json) {
        this.err = err;
        this.json = json;
    }

    private synchronized void say(JsonLine line, String text) {
        err.println(json ? line : "natpeer: " + text);
        err.flush();
    }

    void listening(String name) {
        say(JsonLine.event("listening").put("name", name), "listening as " + name);
    }

    void lookingFor(String peer) {
        say(JsonLine.event("looking").put("peer", peer), "looking for " + peer);
    }

    /** @param advice empty when it works */
    synchronized void signalling(Signaling carrier, String advice) {
        String before = troubles.put(carrier, advice);
        if (!advice.isEmpty() && !advice.equals(before)) {
            say(JsonLine.event("signalling").put("works", false).put("advice", advice), "signalling: " + advice);
        } else if (advice.isEmpty() && before != null && !before.isEmpty()) {
            say(JsonLine.event("signalling").put("works", true), "signalling works again");
        }
    }

    /** @param how for people: what is made of the path */
    void connected(PeerChannel channel, String how) {
        Path path = channel.path();
        JsonLine line = JsonLine.event("connected").put("peer", channel.peer());
        if (json) {
            channel.report().connectedAfter().ifPresent(after -> line.put("ms", after.toNanos() / 1e6));
        }
        if (channel.identity() != null) {
            line.put("identity", channel.identity().toString());
        }
        say(path(line, path), "connected with " + channel.peer() + (path == null ? "" : ": " + path) + how);
    }

    /** @param done bytes of the file that have gone or come */
    void progress(String name, long done, long length) {
        long percent = length == 0 ? 100 : 100 * done / length;
        say(JsonLine.event("progress").put("file", name).put("bytes", done).put("of", length),
                name + ": " + done + " of " + length + " bytes, " + percent + " %");
    }

    /** A file is where it should be. */
    void stored(String name) {
        say(JsonLine.event("stored").put("file", name), name + " is there, whole");
    }

    /** @param again whether it is tried again, from where it broke off */
    void brokeOff(String name, Throwable cause, boolean again) {
        say(JsonLine.event("broke_off").put("file", name).put("why", String.valueOf(cause.getMessage())).put("again", again),
                name + " broke off: " + cause.getMessage() + (again ? "; trying again from there" : ""));
    }

    void pathChanged(PeerChannel channel, Path to) {
        say(path(JsonLine.event("path").put("peer", channel.peer()), to),
                to == null ? "no path to " + channel.peer() + " works at present; looking for one"
                        : channel.peer() + " now over " + to);
    }

    private static JsonLine path(JsonLine line, Path path) {
        return path == null ? line.put("direct", false) : line.put("direct", !path.isRelayed())
                .put("local", path.localKind().toString()).put("local_addr", Text.address(path.local()))
                .put("remote", path.remoteKind().toString()).put("remote_addr", Text.address(path.remote()))
                .put("rtt_ms", path.roundTrip().toNanos() / 1e6);
    }

    void ended(PeerChannel channel) {
        NatException cause = channel.cause();
        if (cause != null && cause.reason() == NatException.Reason.CLOSED) {
            return;                                            // we did it
        }
        say(ended(JsonLine.event("ended").put("peer", channel.peer()), cause),
                cause == null ? channel.peer() + " is gone" : cause.getMessage());
    }

    private static JsonLine ended(JsonLine line, NatException cause) {
        return cause == null ? line
                : line.put("reason", cause.reason().name().toLowerCase(Locale.ROOT)).put("why", cause.getMessage());
    }

    /** Advice, and all that was tried. */
    synchronized void failed(NatException failure) {
        say(ended(JsonLine.event("failed").put("peer", failure.report().peer()), failure), failure.getMessage());
        if (!json) {
            err.println(failure.report());
            err.flush();
        }
    }
}
