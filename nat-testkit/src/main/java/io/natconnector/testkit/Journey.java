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
    private static final double NANOS_PER_MILLI = 1e6;

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
        StringBuilder route = new StringBuilder();
        hops.forEach(hop -> route.append(route.isEmpty() ? "" : " -> ").append(hop.node()));
        if (where != null && !hops.get(hops.size() - 1).node().equals(where)) {
            route.append(" -> ").append(where);
        }
        out.append("%11.3f ms  %-28s  ".formatted(sent / NANOS_PER_MILLI, route));
        printAddresses(out);
        out.append("  ").append(size).append(" B  ").append(PayloadText.of(head, size)).append(isTwin ? "  duplicate, " : "  ");
        if (fate == null) {
            out.append("under way");
        } else {
            out.append(fate == Fate.DELIVERED ? fate : fate + " at " + where)
                    .append(" after %.3f ms".formatted((ended - sent) / NANOS_PER_MILLI));
        }
    }

    /** The addresses that it was sent with, then each translation on the way. */
    private void printAddresses(StringBuilder out) {
        Hop last = hops.get(0);
        out.append(Addresses.text(last.from())).append(" > ").append(Addresses.text(last.to()));
        for (Hop hop : hops) {
            boolean newFrom = !hop.from().equals(last.from());
            boolean newTo = !hop.to().equals(last.to());
            out.append(newFrom || newTo ? ", " + hop.node() : "")
                    .append(newFrom ? " from " + Addresses.text(hop.from()) : "")
                    .append(newTo ? " to " + Addresses.text(hop.to()) : "");
            last = hop;
        }
    }
}
