package io.natconnector.session;

import static io.natconnector.session.ServerReports.text;

import io.natconnector.ice.Candidate;
import io.natconnector.relay.RelayAccess;
import io.natconnector.relay.RelayClient;
import io.natconnector.relay.RelayEvent;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The relays of an endpoint, and our allocations there: one at each, made anew when it is lost or its socket goes away. */
final class RelayGathering implements Machine {
    /** A relay has told us our own address, too. */
    interface Reflexive {
        void found(InetSocketAddress mapped, InetSocketAddress local, InetSocketAddress server);
    }

    private final RandomGenerator random;
    private final Findings findings;
    private final ServerReports reports;
    private final Reflexive reflexive;
    private final List<RelayAccess> relays = new ArrayList<>();
    private final Set<InetSocketAddress> sockets = new LinkedHashSet<>();
    /** Who may have something to say to us: nearly all datagrams come from elsewhere. */
    private final Set<InetSocketAddress> servers = new HashSet<>();
    private final Map<RelayClient, RelayAccess> clients = new LinkedHashMap<>();
    private final Map<InetSocketAddress, RelayClient> byRelayed = new HashMap<>();
    private Map<InetAddress, Long> roundTrips = Map.of();
    private final Queue<Datagram> received = new ArrayDeque<>();
    private final Queue<Datagram> transmits = new ArrayDeque<>();

    RelayGathering(RandomGenerator random, Findings findings, ServerReports reports, Reflexive reflexive) {
        this.random = random;
        this.findings = findings;
        this.reports = reports;
        this.reflexive = reflexive;
    }

    /** A relay, or {@code null}. */
    InetSocketAddress anyServer() {
        return relays.isEmpty() ? null : relays.get(0).server();
    }

    /** How far each relay is that has granted an allocation, in nanoseconds; by the address that it relays at. */
    Map<InetAddress, Long> roundTrips() {
        return roundTrips;
    }

    /** Whether each relay has granted an allocation or will not. */
    boolean isComplete() {
        return clients.keySet().stream().allMatch(client -> client.isAllocated() || client.isEnded());
    }

    void add(RelayAccess relay, long now) {
        relays.add(relay);
        allocateOnce(relay, now);
    }

    void addSocket(InetSocketAddress local, long now) {
        sockets.add(local);
        relays.forEach(relay -> allocateOnce(relay, now));
    }

    void removeSocket(InetSocketAddress local, long now) {
        sockets.remove(local);
        for (RelayClient client : List.copyOf(clients.keySet())) {
            if (client.local().equals(local)) {
                allocateOnce(drop(client), now);
            }
        }
    }

    /** One allocation per relay, from the first socket that can reach its family: relays are dear, and one is enough. */
    private void allocateOnce(RelayAccess relay, long now) {
        if (clients.entrySet().stream().anyMatch(entry -> entry.getValue() == relay && !entry.getKey().isEnded())) {
            return;
        }
        for (InetSocketAddress local : sockets) {
            boolean tried = clients.entrySet().stream()
                    .anyMatch(entry -> entry.getValue() == relay && entry.getKey().local().equals(local));
            if (Gatherer.sameFamily(local, relay.server()) && !tried) {
                RelayClient client = new RelayClient(relay, local, random, now);
                client.keepAlive(Gatherer.RARE_REFRESH / 2);     // sessions send over it as soon as they need it
                clients.put(client, relay);
                reports.asked("relay", client.server(), local);
                drain(client, now);
                return;
            }
        }
    }

    /** Sends from a relayed address; false when it is none of ours. Borrows the payload. */
    boolean send(Datagram datagram, long now) {
        RelayClient client = byRelayed.get(datagram.from());
        if (client == null) {
            return false;
        }
        client.send(datagram.to(), datagram.payload(), now);
        drain(client, now);
        return true;
    }

    /** A path from there was chosen: frame its data more cheaply. */
    void prefer(InetSocketAddress relayed, InetSocketAddress peer, long now) {
        RelayClient client = byRelayed.get(relayed);
        if (client != null) {
            client.bindChannel(peer, now);
            drain(client, now);
        }
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (!servers.contains(datagram.from())) {
            return false;
        }
        for (RelayClient client : clients.keySet()) {
            if (client.server().equals(datagram.from()) && client.receive(datagram, now)) {
                drain(client, now);
                return true;
            }
        }
        return false;
    }

    @Override
    public void handleTimeout(long now) {
        for (RelayClient client : List.copyOf(clients.keySet())) {
            if (client.nextTimeout() <= now) {
                client.handleTimeout(now);
                drain(client, now);
            }
        }
    }

    private void drain(RelayClient client, long now) {
        servers.add(client.server());                          // it may have been sent on to another one
        drainQueues(client);
        for (RelayEvent event; (event = client.pollEvent()) != null; ) {
            if (event instanceof RelayEvent.Allocated allocated) {
                byRelayed.put(allocated.relayed(), client);
                roundTrip(allocated.relayed().getAddress(), allocated.roundTripNanos());
                reports.put("relay", client.server(), client.local(), text(allocated.relayed()), allocated.roundTripNanos());
                findings.add(Candidate.relayed(allocated.relayed(), client.server(), preferenceOf(client)));
                if (allocated.mapped() != null) {
                    reflexive.found(allocated.mapped(), client.local(), client.server());
                }
            } else if (event instanceof RelayEvent.Failed failed) {
                reports.put("relay", client.server(), client.local(), failed.advice(), 0);
                allocateOnce(clients.get(client), now);
            } else if (event instanceof RelayEvent.Lost lost) {
                reports.put("relay", client.server(), client.local(), lost.advice(), 0);
                allocateOnce(drop(client), now);
            }
        }
    }

    private void roundTrip(InetAddress relay, Long nanos) {
        Map<InetAddress, Long> changed = new HashMap<>(roundTrips);
        changed.compute(relay, (address, before) -> nanos);
        roundTrips = Map.copyOf(changed);
    }

    private void drainQueues(RelayClient client) {
        for (Datagram datagram; (datagram = client.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
        for (Datagram datagram; (datagram = client.pollReceived()) != null; ) {
            received.add(datagram);
        }
    }

    private int preferenceOf(RelayClient client) {
        return Gatherer.TOP_PREFERENCE - relays.indexOf(clients.get(client));
    }

    private RelayAccess drop(RelayClient client) {
        if (client.relayed() != null) {
            byRelayed.remove(client.relayed());
            roundTrip(client.relayed().getAddress(), null);
            findings.remove(client.relayed());
        }
        client.abandon();
        return clients.remove(client);
    }

    /** Gives the allocations back. */
    void close(long now) {
        for (RelayClient client : clients.keySet()) {
            client.close(now);
            drainQueues(client);
            client.abandon();
        }
        clients.clear();
        for (Datagram datagram; (datagram = received.poll()) != null; ) {
            datagram.payload().release();
        }
    }

    @Override
    public long nextTimeout() {
        long next = NEVER;
        for (RelayClient client : clients.keySet()) {
            next = Math.min(next, client.nextTimeout());
        }
        return next;
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }

    /** Data from a peer: from its address, to the relayed one. */
    Datagram pollReceived() {
        return received.poll();
    }
}
