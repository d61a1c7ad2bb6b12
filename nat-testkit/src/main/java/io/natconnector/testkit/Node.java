package io.natconnector.testkit;

/** A named place where a datagram may end: a host, a NAT, the public internet between them. It counts what ended there. */
public abstract sealed class Node permits Host, Router {
    private final VirtualInternet net;
    private final String name;
    private final long[] counts = new long[Fate.values().length];

    Node(VirtualInternet net, String name) {
        this.net = net;
        this.name = name;
    }

    public final String name() {
        return name;
    }

    /** How many datagrams met this fate here, or on the link from here to the internet, in either direction. */
    public final long count(Fate fate) {
        return counts[fate.ordinal()];
    }

    final void counted(Fate fate) {
        counts[fate.ordinal()]++;
    }

    /** Appends a line on what happened here, if anything did. */
    final void report(StringBuilder out) {
        int start = out.length();
        for (Fate fate : Fate.values()) {
            if (count(fate) > 0) {
                out.append(out.length() == start ? name + ": " : ", ").append(count(fate)).append(' ').append(fate);
            }
        }
        String more = holds();
        if (!more.isEmpty()) {
            out.append(out.length() == start ? name + ": " : ", ").append(more);
        }
        if (out.length() > start) {
            out.append('\n');
        }
    }

    /** A few words on what it holds at the moment. */
    String holds() {
        return "";
    }

    final VirtualInternet net() {
        return net;
    }

    @Override
    public String toString() {
        return name;
    }
}
