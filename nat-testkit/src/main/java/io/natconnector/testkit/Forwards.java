package io.natconnector.testkit;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Outside ports of a NAT that were opened by hand, to everybody and until they are closed. */
final class Forwards {
    private record Forward(InetSocketAddress inside, Map<InetSocketAddress, Long> answerUntil) { }

    private final Map<InetSocketAddress, Forward> byOutside = new LinkedHashMap<>();

    void open(InetSocketAddress outside, InetSocketAddress inside) {
        byOutside.put(outside, new Forward(inside, new HashMap<>()));
    }

    void close(InetSocketAddress outside) {
        byOutside.remove(outside);
    }

    boolean has(InetSocketAddress outside) {
        return byOutside.containsKey(outside);
    }

    /** Outside to inside. */
    Map<InetSocketAddress, InetSocketAddress> all() {
        Map<InetSocketAddress, InetSocketAddress> all = new LinkedHashMap<>();
        byOutside.forEach((outside, forward) -> all.put(outside, forward.inside()));
        return all;
    }

    /**
     * Who is meant by a packet to there, or {@code null}.
     *
     * @param until how long answers leave from there
     */
    InetSocketAddress inside(InetSocketAddress outside, InetSocketAddress remote, long until) {
        Forward forward = byOutside.get(outside);
        if (forward == null) {
            return null;
        }
        forward.answerUntil().put(remote, until);
        return forward.inside();
    }

    /**
     * Where a packet is to leave from, or {@code null} for the usual way: answers from where the question came in, and what has no
     * usual way yet.
     */
    InetSocketAddress outsideOf(InetSocketAddress inside, InetSocketAddress remote, boolean unbound, long now) {
        for (Map.Entry<InetSocketAddress, Forward> entry : byOutside.entrySet()) {
            Forward forward = entry.getValue();
            if (forward.inside().equals(inside) && (unbound || forward.answerUntil().getOrDefault(remote, 0L) > now)) {
                return entry.getKey();
            }
        }
        return null;
    }
}
