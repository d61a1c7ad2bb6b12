package io.natconnector.portmap;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One socket at one gateway. All protocols look at the same time whether the gateway speaks them; it is asked for a mapping by the
 * best one that it speaks, so that it is never left with two. One that turns out to be better takes over.
 */
final class GatewayPort implements Machine {
    /** How long a protocol waits for the answer to a better one: gateways answer within milliseconds. */
    private static final long HEAD_START = MILLISECONDS.toNanos(250);
    /** When most gateways have answered that ever will: after the fourth request. */
    private static final long SETTLED_AFTER = MILLISECONDS.toNanos(1_750);

    private final InetSocketAddress local;
    private final InetAddress gateway;
    private final RandomGenerator random;
    private final Consumer<PortMapEvent> events;
    private final byte[] nonce = new byte[PcpMapping.NONCE_BYTES];
    private final List<Mapping> mappings = new ArrayList<>(3);        // best first
    private final Queue<Datagram> transmits = new ArrayDeque<>();
    private final Queue<UpnpCall> calls = new ArrayDeque<>(1);
    private PortMapEvent.Mapped told;
    private long startedAt;
    private long retryAt = NEVER;
    private int allowed;

    GatewayPort(InetSocketAddress local, InetAddress gateway, RandomGenerator random, Consumer<PortMapEvent> events, long now) {
        this.local = local;
        this.gateway = gateway;
        this.random = random;
        this.events = events;
        random.nextBytes(nonce);
        start(now);
    }

    private void start(long now) {
        startedAt = now;
        retryAt = NEVER;
        allowed = 1;
        mappings.clear();
        mappings.add(new PcpMapping(local, gateway, nonce, now));
        mappings.add(new NatPmpMapping(local, gateway, now));
        mappings.add(new UpnpMapping(local, gateway, random, now));
        settle(now);
    }

    InetSocketAddress local() {
        return local;
    }

    /** Whether there is a mapping, or hardly will be one soon. */
    boolean isSettled(long now) {
        return told != null || retryAt != NEVER || now >= startedAt + SETTLED_AFTER;
    }

    List<PortMapper.Status> statuses() {
        return mappings.stream().map(mapping -> new PortMapper.Status(local, gateway, mapping.protocol(), mapping.external(),
                mapping.lifetime(), mapping.external() == null ? mapping.outcome() : "")).toList();
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (!datagram.to().equals(local) || !datagram.from().getAddress().equals(gateway)) {
            return false;
        }
        boolean ours = false;
        for (Mapping mapping : mappings) {                    // all: PCP and NAT-PMP share a port
            ours |= mapping.receive(datagram, now);
        }
        if (ours) {
            settle(now);
        }
        return ours;
    }

    boolean answered(UpnpCall call, UpnpAnswer answer, long now) {
        for (Mapping mapping : mappings) {
            if (mapping instanceof UpnpMapping upnp && upnp.answered(call, answer, now)) {
                settle(now);
                return true;
            }
        }
        return false;
    }

    @Override
    public void handleTimeout(long now) {
        for (Mapping mapping : mappings) {
            if (mapping.nextTimeout() <= now) {
                mapping.handleTimeout(now);
            }
        }
        if (now >= retryAt) {
            start(now);
        } else {
            settle(now);
        }
    }

    /** After any change: lets the next best one ask, tells what is mapped, ends what is no longer needed. */
    private void settle(long now) {
        while (allowed < mappings.size()
                && (now >= allowAt() || mappings.subList(0, allowed).stream().allMatch(Mapping::isFailed))) {
            mappings.get(allowed++).allow(now);
        }
        Mapping best = mappings.stream().filter(mapping -> mapping.external() != null).findFirst().orElse(null);
        tell(best);
        if (best != null) {
            endWorse(best, now);
            retryAt = NEVER;
        } else if (mappings.stream().allMatch(Mapping::isFailed) && retryAt == NEVER) {
            retryAt = now + mappings.stream().mapToLong(Mapping::retryAfter).min().getAsLong();
        }
        drain();
    }

    private long allowAt() {
        return startedAt + allowed * HEAD_START;
    }

    private void tell(Mapping best) {
        boolean same = told == null ? best == null : best != null && told.external().equals(best.external());
        if (same) {
            return;
        }
        if (told != null) {
            events.accept(new PortMapEvent.Lost(told.external(), local, told.protocol()));
        }
        told = best == null ? null : new PortMapEvent.Mapped(best.external(), local, best.protocol(), best.lifetime());
        if (told != null) {
            events.accept(told);
        }
    }

    private void endWorse(Mapping best, long now) {
        for (Mapping worse : mappings.subList(mappings.indexOf(best) + 1, mappings.size())) {
            if (!worse.isFailed()) {
                // The same external address twice is one mapping at the gateway: giving one back would end both
                worse.end(!best.external().equals(worse.external()), now);
            }
        }
    }

    private void drain() {
        for (Mapping mapping : mappings) {
            for (Datagram datagram; (datagram = mapping.pollTransmit()) != null; ) {
                transmits.add(datagram);
            }
            if (mapping instanceof UpnpMapping upnp) {
                for (UpnpCall call; (call = upnp.pollCall()) != null; ) {
                    calls.add(call);
                }
            }
        }
    }

    /** Gives the mapping back, if the gateway can still be reached. */
    void end(boolean giveBack, long now) {
        mappings.forEach(mapping -> mapping.end(giveBack, now));
        drain();
        tell(null);
        retryAt = NEVER;
    }

    @Override
    public long nextTimeout() {
        long next = retryAt;
        for (Mapping mapping : mappings) {
            next = Math.min(next, mapping.nextTimeout());
        }
        return allowed < mappings.size() && told == null ? Math.min(next, allowAt()) : next;
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }

    UpnpCall pollCall() {
        return calls.poll();
    }

    @Override
    public String toString() {
        return local + " at " + gateway.getHostAddress() + " since " + NANOSECONDS.toSeconds(startedAt) + " s";
    }
}
