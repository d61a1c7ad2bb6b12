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

    final VirtualInternet net() {
        return net;
    }

    @Override
    public String toString() {
        return name;
    }
}
