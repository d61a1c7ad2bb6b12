package io.natconnector.natpeer.ice;

import io.natconnector.natpeer.cli.JsonLine;
import java.io.PrintWriter;

/** What {@code natpeer ice} prints: a JSON line for each event, with milliseconds since ms 0. Any thread. */
final class IceEvents {
    private final PrintWriter out;
    private volatile long zero = System.nanoTime();

    IceEvents(PrintWriter out) {
        this.out = out;
    }

    /** This is ms 0. */
    void begin() {
        zero = System.nanoTime();
    }

    void gathered() {
        print(at("gathered"));
    }

    void connected(LegPath path) {
        print(path.putInto(at("connected")));
    }

    /** The first pong is there. */
    void data(double roundTripMillis) {
        print(at("data").put("rtt_ms", roundTripMillis));
    }

    /** All is done. */
    void last(LegPath path, int count, double medianMillis) {
        JsonLine line = at("final");
        if (path != null) {
            path.putInto(line);
        }
        print(line.put("count", count).put("rtt_ms", medianMillis).put("rtt_median_ms", medianMillis));
    }

    void failed(String why) {
        print(at("failed").put("why", why));
    }

    private JsonLine at(String event) {
        return JsonLine.event(event).put("ms", (System.nanoTime() - zero) / 1e6);
    }

    private synchronized void print(JsonLine line) {
        out.println(line);
        out.flush();
    }
}
