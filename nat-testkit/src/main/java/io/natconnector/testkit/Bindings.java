package io.natconnector.testkit;

import io.natconnector.testkit.NatProfile.Refresh;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The table of a NAT (RFC 4787), or of a stateful firewall, which is the same without translation: who inside has sent from where,
 * as whom, and who may answer. What has expired stays until it is met or the table has doubled.
 */
final class Bindings {
    private static final int LOWEST_PORT = 1024;
    private static final int HIGHEST_PORT = 65_535;
    private static final int FIRST_SWEEP = 256;

    private final NatProfile profile;
    private final RandomGenerator random;
    private final Map<InetSocketAddress, Map<Object, Binding>> byInside = new HashMap<>();
    private final Map<InetSocketAddress, Binding> byOutside = new HashMap<>();
    private final Forwards forwards = new Forwards();
    private final Poison poison;
    private final long timeout;
    private int lastPort;
    private int sweepAt = FIRST_SWEEP;
    private long created;

    Bindings(NatProfile profile, RandomGenerator random) {
        this.profile = profile;
        this.random = random;
        this.poison = profile.poison() ? new Poison() : null;
        this.timeout = profile.timeout().toNanos();
        this.lastPort = profile.ports().kind() == PortAllocation.Kind.SEQUENTIAL ? random.nextInt(LOWEST_PORT, HIGHEST_PORT) : 0;
    }

    /** How many mappings were made. */
    long created() {
        return created;
    }

    /** The ports that were opened by hand. */
    Forwards forwards() {
        return forwards;
    }

    /** The mappings alive. */
    List<NatMapping> alive(long now) {
        List<NatMapping> alive = new ArrayList<>();
        for (Binding binding : byOutside.values()) {
            if (binding.isAlive(now)) {
                alive.add(new NatMapping(binding.inside, binding.outside, binding.expires));
            }
        }
        alive.sort(NatMapping.BY_OUTSIDE);
        return alive;
    }

    /**
     * A packet on its way out: makes or refreshes the mapping, and rewrites the source.
     *
     * @param outside the address to translate to, or {@code null} to translate nothing
     * @return why it may not pass, or {@code null}
     */
    Fate out(Packet packet, InetAddress outside, long now) {
        InetSocketAddress remote = packet.to();
        Object permitKey = profile.filtering().key(remote);
        Binding binding = find(packet.from(), profile.mapping().key(remote), now);
        InetSocketAddress forward = forwards.outsideOf(packet.from(), remote, binding == null, now);
        if (forward != null) {
            packet.rewriteFrom(forward);
            return null;
        }
        if (binding == null) {
            binding = bind(packet.from(), profile.mapping().key(remote), outside, profile.ports(), now);
        }
        if (binding != null && poison != null) {
            binding = detour(binding, remote, now);
        }
        if (binding == null) {
            return Fate.NO_PORT;
        }
        binding.refresh(permitKey, now + timeout, now);
        packet.rewriteFrom(binding.outside);
        return null;
    }

    /**
     * A packet on its way in: rewrites the destination.
     *
     * @return why it may not pass, or {@code null}
     */
    Fate in(Packet packet, long now) {
        InetSocketAddress forward = forwards.inside(packet.to(), packet.from(), now + timeout);
        if (forward != null) {
            packet.rewriteTo(forward);
            return null;
        }
        Binding binding = byOutside.get(packet.to());
        boolean mapped = binding != null && binding.isAlive(now);
        Object permitKey = profile.filtering().key(packet.from());
        if (!mapped || !binding.permits(permitKey, now)) {
            if (poison != null) {
                poison.unsolicited(packet.from(), packet.to(), now);
            }
            return mapped ? Fate.FILTERED : Fate.NO_MAPPING;
        }
        if (profile.refresh() == Refresh.BOTH) {
            binding.refresh(permitKey, now + timeout, now);
        }
        packet.rewriteTo(binding.inside);
        return null;
    }

    /** The binding to use where Linux would find the usual one's port taken by what the remote itself has sent before. */
    private Binding detour(Binding usual, InetSocketAddress remote, long now) {
        Object key = new Poison.Detour(remote);
        Binding detour = find(usual.inside, key, now);
        if (detour != null) {
            return detour;
        }
        if (!poison.taken(remote, usual.outside, now)) {
            return usual;
        }
        return bind(usual.inside, key, usual.outside.getAddress(), PortAllocation.RANDOM, now);
    }

    private Binding find(InetSocketAddress inside, Object remoteKey, long now) {
        Map<Object, Binding> ofInside = byInside.get(inside);
        Binding binding = ofInside == null ? null : ofInside.get(remoteKey);
        return binding != null && binding.isAlive(now) ? binding : null;
    }

    /** Makes a mapping, or answers {@code null} when there is no port or no room for one. */
    private Binding bind(InetSocketAddress inside, Object remoteKey, InetAddress outsideAddress, PortAllocation ports, long now) {
        if (byOutside.size() >= Math.min(sweepAt, profile.maxMappings())) {
            sweep(now);
        }
        InetSocketAddress outside = outsideAddress == null ? inside : freePort(inside.getPort(), outsideAddress, ports, now);
        if (outside == null || byOutside.size() >= profile.maxMappings()) {
            return null;
        }
        Binding binding = new Binding(inside, outside, profile.filtering() == Behavior.ENDPOINT_INDEPENDENT);
        byInside.computeIfAbsent(inside, any -> new HashMap<>(4)).put(remoteKey, binding);
        byOutside.put(outside, binding);
        created++;
        return binding;
    }

    private InetSocketAddress freePort(int inside, InetAddress address, PortAllocation ports, long now) {
        int count = HIGHEST_PORT - LOWEST_PORT + 1;
        int first = ports.first(inside, lastPort, LOWEST_PORT, HIGHEST_PORT, random) - LOWEST_PORT;
        for (int i = 0; i < count; i++) {
            InetSocketAddress outside = new InetSocketAddress(address, LOWEST_PORT + Math.floorMod(first + i, count));
            Binding user = byOutside.get(outside);
            if ((user == null || !user.isAlive(now)) && !forwards.has(outside)) {
                lastPort = outside.getPort();
                return outside;
            }
        }
        return null;
    }

    private void sweep(long now) {
        byOutside.values().removeIf(binding -> !binding.isAlive(now));
        byInside.values().removeIf(ofInside -> {
            ofInside.values().removeIf(binding -> !binding.isAlive(now));
            return ofInside.isEmpty();
        });
        sweepAt = Math.max(FIRST_SWEEP, 2 * byOutside.size());
    }

    /** One mapping and who may use it from outside. */
    private static final class Binding {
        private final InetSocketAddress inside;
        private final InetSocketAddress outside;
        private final boolean open;                           // to all remotes, so none is remembered
        private final Map<Object, Long> permits = new HashMap<>(4);
        private long expires;
        private int sweepAt = FIRST_SWEEP;

        Binding(InetSocketAddress inside, InetSocketAddress outside, boolean open) {
            this.inside = inside;
            this.outside = outside;
            this.open = open;
        }

        boolean isAlive(long now) {
            return expires > now;
        }

        boolean permits(Object remote, long now) {
            return open || permits.getOrDefault(remote, 0L) > now;
        }

        void refresh(Object remote, long until, long now) {
            expires = until;
            if (open) {
                return;
            }
            permits.put(remote, until);
            if (permits.size() >= sweepAt) {
                permits.values().removeIf(end -> end <= now);
                sweepAt = Math.max(FIRST_SWEEP, 2 * permits.size());
            }
        }
    }
}
