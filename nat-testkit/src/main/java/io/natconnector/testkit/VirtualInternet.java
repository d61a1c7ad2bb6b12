package io.natconnector.testkit;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * A network in virtual time: hosts, links and NATs, and the machines that run on the hosts. Nothing waits and nothing is left to
 * chance: an hour passes in milliseconds, and the same seed replays the same run to the packet.
 *
 * <pre>{@code
 * try (VirtualInternet net = new VirtualInternet(seed)) {
 *     Nat natA = net.nat("natA", "198.51.100.1").profile(NatProfile.PORT_RESTRICTED);
 *     natA.uplink().delay(ofMillis(25)).loss(0.1);
 *     VirtualSocket alice = net.host("alice", "10.0.1.2").behind(natA).socket(5000);
 *     VirtualSocket bob = net.host("bob", "203.0.113.2").socket(4000);
 *
 *     alice.send(bob.address(), "hello");
 *     assertTrue(net.runUntil(bob::hasReceived, ofSeconds(1)), () -> net.trace().toString());
 * }
 * }</pre>
 *
 * <p>A host directly on the public internet reaches it by its own uplink, one behind a NAT by the NAT's, through as many NATs as
 * there are; the delay between two hosts is the sum of the links in between. Hosts inside the same NAT are a LAN, 0.1 ms from each
 * other. Single-threaded; closing it releases what is still under way.
 */
public final class VirtualInternet implements AutoCloseable {
    private final long seed;
    private final Timeline timeline = new Timeline();
    private final Trace trace = new Trace();
    private final Core core = new Core(this);
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final long[] counts = new long[Fate.values().length];
    private long digest;

    /** An empty internet; all chance in it comes from {@code seed}. */
    public VirtualInternet(long seed) {
        this.seed = seed;
    }

    public long seed() {
        return seed;
    }

    /** Nanoseconds of virtual time since the beginning. */
    public long now() {
        return timeline.now();
    }

    /**
     * A host, on the public internet until it is put {@link Host#behind} a NAT. Private addresses are not reached on the public
     * internet, and may be used in many networks.
     */
    public Host host(String name, String... addresses) {
        return named(new Host(this, name, core, Addresses.parseAll(addresses)));
    }

    /**
     * A NAT on the public internet, or {@link Nat#behind} another; until told otherwise an ordinary home router.
     *
     * @param addresses its external addresses, one of each family at most
     */
    public Nat nat(String name, String... addresses) {
        return named(new Nat(this, name, core, Addresses.parseAll(addresses)));
    }

    /**
     * Puts two public addresses far from each other: packets between them, of whoever is behind them, take that much longer than
     * the links on their way do. Nowhere else, so a place can be near to one and far from another.
     */
    public VirtualInternet distance(String one, String other, Duration oneWay) {
        core.distance(Addresses.parse(one), Addresses.parse(other), oneWay.toNanos());
        return this;
    }

    /** Does something at that time after the beginning, or now if that has passed. */
    public void at(Duration sinceBeginning, Runnable action) {
        timeline.plan(Event.of(action), sinceBeginning.toNanos());
    }

    /** Does something so much later. */
    public void after(Duration delay, Runnable action) {
        timeline.plan(Event.of(action), now() + delay.toNanos());
    }

    /** Lets so much time pass. */
    public void runFor(Duration duration) {
        timeline.run(now() + duration.toNanos(), () -> false);
    }

    /**
     * Lets time pass until the condition holds. It is asked after every event, so it should be cheap.
     *
     * @return whether it came to hold within {@code limit}
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        return timeline.run(now() + limit.toNanos(), condition);
    }

    /** What the packets did. */
    public Trace trace() {
        return trace;
    }

    /** How many datagrams ended where and how, and what the NATs hold: a line for each node where anything happened. */
    public String report() {
        StringBuilder out = new StringBuilder();
        core.report(out);
        nodes.values().forEach(node -> node.report(out));
        return out.toString();
    }

    /** How many datagrams met this fate, anywhere. */
    public long count(Fate fate) {
        return counts[fate.ordinal()];
    }

    /** A number for the whole run: when, from where to where and how every packet ended. Equal runs have equal digests. */
    public long digest() {
        return digest;
    }

    /**
     * A new source of randomness that depends only on the network's seed and the name, so that what one part of a test draws does
     * not change what another gets.
     */
    public RandomGenerator random(String name) {
        long mixed = seed;
        for (int i = 0; i < name.length(); i++) {
            mixed = (mixed ^ name.charAt(i)) * 0x100000001B3L;
        }
        return new SplittableRandom(mixed);
    }

    /** Releases all that is under way. Machines keep what they hold. */
    @Override
    public void close() {
        timeline.close();
    }

    Timeline timeline() {
        return timeline;
    }

    Packet packet(Host sender, InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
        Journey journey = trace.isOn() ? trace.record(new Journey(now(), sender, from, to, payload)) : null;
        return new Packet(this, from, to, payload, journey);
    }

    void ended(Packet packet, Fate fate) {
        counts[fate.ordinal()]++;
        digest = digest * 31 + now();
        digest = digest * 31 + packet.from().hashCode();
        digest = digest * 31 + packet.to().hashCode();
        digest = digest * 31 + packet.payload().readableBytes() * 16 + fate.ordinal();
    }

    private <N extends Node> N named(N node) {
        if (nodes.putIfAbsent(node.name(), node) != null) {
            throw new IllegalArgumentException("there is a '" + node.name() + "' already");
        }
        return node;
    }
}
