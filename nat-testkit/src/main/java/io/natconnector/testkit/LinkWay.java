package io.natconnector.testkit;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * One way of a {@link Link}. Its chances come from a random stream of its own: with the same seed its n-th packet has the same
 * fate in every run, whatever happens elsewhere.
 */
public final class LinkWay {
    private static final int ETHERNET = 1500;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long HELD_BACK_LEAST = 1_000_000;
    private static final long HELD_BACK_MOST = 5_000_000;

    private final VirtualInternet net;
    private final Node owner;
    private final String name;
    private RandomGenerator random;
    private long delay;
    private long jitter;
    private double loss;
    private double duplication;
    private double reordering;
    private int mtu = ETHERNET;
    private long rate;                                        // bits per second; 0: without limit
    private long queue = 100_000_000;
    private boolean cut;
    private long busyUntil;
    private long lastArrival;

    LinkWay(VirtualInternet net, Node owner, String name) {
        this.net = net;
        this.owner = owner;
        this.name = name;
    }

    /** How long a packet takes. */
    public LinkWay delay(Duration delay) {
        this.delay = notNegative(delay);
        return this;
    }

    /** Adds a random time, uniform from {@code -jitter} to {@code +jitter}, to each packet's delay; order is kept. */
    public LinkWay jitter(Duration jitter) {
        this.jitter = notNegative(jitter);
        return this;
    }

    /** Loses packets with this probability, each on its own. */
    public LinkWay loss(double probability) {
        this.loss = checked(probability);
        return this;
    }

    /** Delivers packets twice with this probability. */
    public LinkWay duplication(double probability) {
        this.duplication = checked(probability);
        return this;
    }

    /** Holds packets back for 1 to 5 ms with this probability, so that later ones overtake them. */
    public LinkWay reordering(double probability) {
        this.reordering = checked(probability);
        return this;
    }

    /** Drops packets of more bytes than this, IP and UDP headers (28 bytes, in IPv6 48) included. Nobody is told. */
    public LinkWay mtu(int bytes) {
        if (bytes < 68) {
            throw new IllegalArgumentException("RFC 791: an MTU is 68 bytes at least, not " + bytes);
        }
        this.mtu = bytes;
        return this;
    }

    /** Sends one packet after the other at this rate; 0 for no limit. */
    public LinkWay rate(long bitsPerSecond) {
        if (bitsPerSecond < 0) {
            throw new IllegalArgumentException("negative rate " + bitsPerSecond);
        }
        this.rate = bitsPerSecond;
        this.busyUntil = net.now();
        return this;
    }

    /** How long a packet may wait for its turn at the {@link #rate}; one that would wait longer is dropped. By default 100 ms. */
    public LinkWay queue(Duration longest) {
        this.queue = notNegative(longest);
        return this;
    }

    /** Takes this way down: packets vanish silently, those under way still arrive. */
    public LinkWay cut() {
        cut = true;
        return this;
    }

    public LinkWay restore() {
        cut = false;
        return this;
    }

    boolean isCut() {
        return cut;
    }

    /** Takes a packet to the other end of the leg, or ends it here. */
    void carry(Packet packet, Leg leg, boolean up) {
        if (cut) {
            packet.end(Fate.LINK_DOWN, owner);
        } else if (packet.wireSize() > mtu) {
            packet.end(Fate.TOO_BIG, owner);
        } else if (chance(loss)) {
            packet.end(Fate.LOST, owner);
        } else {
            if (chance(duplication)) {
                put(packet.duplicate(), leg, up);
            }
            put(packet, leg, up);
        }
    }

    private void put(Packet packet, Leg leg, boolean up) {
        long time = net.now();
        if (rate > 0) {
            long start = Math.max(busyUntil, time);
            if (start - time > queue) {
                packet.end(Fate.QUEUE_FULL, owner);
                return;
            }
            busyUntil = start + packet.wireSize() * 8L * NANOS_PER_SECOND / rate;
            time = busyUntil;
        }
        long travel = jitter == 0 ? delay : delay + random().nextLong(-jitter, jitter + 1);
        time += Math.max(0, travel);
        if (chance(reordering)) {
            time += random().nextLong(HELD_BACK_LEAST, HELD_BACK_MOST);
        } else {
            time = Math.max(time, lastArrival);
            lastArrival = time;
        }
        packet.travel(leg, up, time);
    }

    private boolean chance(double probability) {
        return probability > 0 && random().nextDouble() < probability;
    }

    private RandomGenerator random() {
        if (random == null) {
            random = net.random("link " + name);
        }
        return random;
    }

    private static long notNegative(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("negative duration " + duration);
        }
        return duration.toNanos();
    }

    private static double checked(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is from 0 to 1, not " + probability);
        }
        return probability;
    }
}
