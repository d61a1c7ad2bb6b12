package io.natconnector.session;

import io.natconnector.testkit.VirtualInternet;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A steady stream of numbered datagrams from one peer to the other. */
final class Stream {
    private final VirtualInternet net;
    private final VirtualPeer from;
    private final VirtualPeer to;
    private final Duration interval;
    private final String name;
    private final String padding;
    private boolean running = true;
    private int sent;

    Stream(VirtualInternet net, VirtualPeer from, VirtualPeer to, int perSecond) {
        this(net, from, to, perSecond, 0);
    }

    /** @param length of each datagram, about */
    Stream(VirtualInternet net, VirtualPeer from, VirtualPeer to, int perSecond, int length) {
        this.padding = " ".repeat(length);
        this.net = net;
        this.from = from;
        this.to = to;
        this.interval = Duration.ofSeconds(1).dividedBy(perSecond);
        this.name = from.host.name() + "#";
        next();
    }

    private void next() {
        if (running) {
            from.send(name + sent++ + padding);
            net.after(interval, this::next);
        }
    }

    void stop() {
        running = false;
    }

    int sent() {
        return sent;
    }

    private List<Integer> numbers() {
        return to.received.stream().filter(text -> text.startsWith(name))
                .map(text -> Integer.parseInt(text.substring(name.length()).strip())).toList();
    }

    int lost() {
        return sent - new HashSet<>(numbers()).size();
    }

    int repeated() {
        List<Integer> numbers = numbers();
        Set<Integer> distinct = new HashSet<>(numbers);
        return numbers.size() - distinct.size();
    }

    /** The most by which a datagram came before one that was sent earlier, in datagrams. */
    int overtaken() {
        int most = 0;
        int newest = -1;
        for (int number : numbers()) {
            most = Math.max(most, newest - number);
            newest = Math.max(newest, number);
        }
        return most;
    }

    /** The longest silence that the receiver saw since {@code since}, until now; in milliseconds. */
    double longestGap(long since) {
        long last = since;
        long longest = 0;
        for (int i = 0; i < to.received.size(); i++) {
            if (to.received.get(i).startsWith(name) && to.receivedAt.get(i) >= since) {
                longest = Math.max(longest, to.receivedAt.get(i) - last);
                last = to.receivedAt.get(i);
            }
        }
        return Math.max(longest, net.now() - last) / 1e6;
    }
}
