package io.natconnector.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What happened to the last packets, a line for each in the order of sending: when it was sent, by which way, its addresses before
 * and after each translation, what it was, and how it ended.
 *
 * <pre>
 *  0.000 ms  alice -> natA -> stun  10.0.1.2:5000 > 203.0.113.10:3478, natA from 198.51.100.1:5000  5 B  "hello"  under way
 * 70.000 ms  bob -> natA            203.0.113.9:4000 > 198.51.100.1:5000  5 B  "hello"  filtered at natA after 60 ms
 * </pre>
 *
 * <p>It keeps the last {@value #USUAL} unless told otherwise.
 */
public final class Trace {
    /** How many lines are kept by default. */
    public static final int USUAL = 1_000;

    /** A line of the trace. */
    interface Entry {
        void print(StringBuilder out);
    }

    private final Deque<Entry> entries = new ArrayDeque<>();
    private int kept = USUAL;
    private long recorded;

    Trace() { }

    /** Keeps the last {@code lines} from now on; 0 turns the trace off, which makes long runs faster. */
    public Trace keep(int lines) {
        if (lines < 0) {
            throw new IllegalArgumentException("can't keep " + lines + " lines");
        }
        kept = lines;
        trim();
        return this;
    }

    /** The lines that are kept, the oldest first. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            StringBuilder line = new StringBuilder();
            entry.print(line);
            lines.add(line.toString());
        }
        return lines;
    }

    boolean isOn() {
        return kept > 0;
    }

    <E extends Entry> E record(E entry) {
        entries.add(entry);
        recorded++;
        trim();
        return entry;
    }

    /** Adds a line of words, for what happened beside the packets. */
    void note(long now, String words) {
        if (isOn()) {
            record(out -> out.append("%11.3f ms  -- %s".formatted(now / 1e6, words)));
        }
    }

    private void trim() {
        while (entries.size() > kept) {
            entries.poll();
        }
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        if (recorded > entries.size()) {
            out.append("(").append(recorded - entries.size()).append(" earlier lines not kept)\n");
        }
        for (Entry entry : entries) {
            entry.print(out);
            out.append('\n');
        }
        return out.toString();
    }
}
