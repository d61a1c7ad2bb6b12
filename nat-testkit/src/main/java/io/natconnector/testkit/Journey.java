package io.natconnector.testkit;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** What the trace keeps of one packet. Recording copies a few bytes; text is made only when somebody reads it. */
final class Journey implements Trace.Entry {
    /** Payloads up to this size, in bytes, are kept whole, as STUN messages usually are. */
    private static final int KEPT_WHOLE = 576;
    private static final int KEPT_OF_BIGGER = 32;

    private record Hop(String node, InetSocketAddress from, InetSocketAddress to) { }

    private final long sent;
    private final int size;
    private final byte[] head;
    private final boolean isTwin;
    private final List<Hop> hops = new ArrayList<>(4);
    private long ended;
    private Fate fate;
    private String where;

    Journey(long sent, Node sender, InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
        this.sent = sent;
        this.size = payload.readableBytes();
        this.head = new byte[size <= KEPT_WHOLE ? size : KEPT_OF_BIGGER];
        this.isTwin = false;
        payload.getBytes(payload.readerIndex(), head);
        passed(sender, from, to);
    }

    private Journey(Journey original) {
        this.sent = original.sent;
        this.size = original.size;
        this.head = original.head;
        this.isTwin = true;
        hops.addAll(original.hops);
    }

    Journey twin() {
        return new Journey(this);
    }

    void passed(Node node, InetSocketAddress from, InetSocketAddress to) {
        hops.add(new Hop(node.name(), from, to));
    }

    void end(Fate fate, Node where, long now) {
        this.fate = fate;
        this.where = where.name();
        this.ended = now;
    }

    @Override
    public void print(StringBuilder out) {
        Hop first = hops.get(0);
        StringBuilder route = new StringBuilder();
        StringBuilder addresses = new StringBuilder();
        InetSocketAddress from = null;
        InetSocketAddress to = null;
        for (Hop hop : hops) {
            route.append(route.isEmpty() ? "" : " -> ").append(hop.node());
            if (!hop.from().equals(from) || !hop.to().equals(to)) {
                addresses.append(addresses.isEmpty() ? "" : " = ")
                        .append(Addresses.text(hop.from())).append(" > ").append(Addresses.text(hop.to()));
            }
            from = hop.from();
            to = hop.to();
        }
        if (where != null && !hops.get(hops.size() - 1).node().equals(where)) {
            route.append(" -> ").append(where);
        }
        out.append("%11.3f ms  %-28s  %s  %d B  %s%s  ".formatted(sent / 1e6, route, addresses, size, PayloadText.of(head, size),
                isTwin ? " (duplicate)" : ""));
        if (fate == null) {
            out.append("under way");
        } else {
            out.append(fate == Fate.DELIVERED ? fate : fate + " at " + where)
                    .append(" after %.3f ms".formatted((ended - sent) / 1e6));
        }
    }
}
