package io.natconnector.session;

import static io.natconnector.session.ServerReports.text;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.ice.Candidate;
import io.natconnector.relay.RelayAccess;
import io.natconnector.relay.RelayClient;
import io.natconnector.relay.RelayEvent;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
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

/**
 * The relays of an endpoint, and our allocations there: one at each, made anew when it is lost or its socket goes away.
 *
 * <p>Relays over connections ({@link RelayStreams}) stand in where there is none over UDP: because none is configured, because
 * none of them wants us, or because they don't answer.
 */
final class RelayGathering implements Machine, RelayStreams.Owner {
    /**
     * So long relays over UDP have time to say anything at all before others are tried. The second repetition of a request is
     * under way by then; who is farther away than that loses nothing but a connection that was not needed.
     */
    static final long UDP_SILENCE = MILLISECONDS.toNanos(400);
    /** So long those have that have said something, or where STUN servers have. */
    static final long UDP_PATIENCE = SECONDS.toNanos(3);
    /** Among relayed candidates, what goes over UDP is better by so much: nobody's loss holds up what comes behind. */
    private static final int STREAM_PENALTY = 1000;

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
    private final RelayDepartures departures = new RelayDepartures();
    private final RoundTrips roundTrips = new RoundTrips();
    private final RelayStreams streams;
    private boolean everyRelayKnown;
    private boolean udpWorks;
    private long silentAt = NEVER;
    private long hopelessAt = NEVER;
    private final Queue<Datagram> received = new ArrayDeque<>();
    private final Queue<Datagram> transmits = new ArrayDeque<>();

    RelayGathering(RandomGenerator random, Findings findings, ServerReports reports, Reflexive reflexive) {
        this.random = random;
        this.findings = findings;
        this.reports = reports;
        this.reflexive = reflexive;
        this.streams = new RelayStreams(random, sockets, this);
    }

    /** A relay, or {@code null}. */
    InetSocketAddress anyServer() {
        return relays.isEmpty() ? null : relays.get(0).server();
    }

    /** How far each relay is that has granted an allocation, in nanoseconds; by the address that it relays at. */
    Map<InetAddress, Long> roundTrips() {
        return roundTrips.all();
    }

    /** Whether each relay has granted an allocation or will not. */
    boolean isComplete() {
        return clients.keySet().stream().allMatch(client -> client.isAllocated() || client.isEnded())
                && (streams.isEmpty() || hasUdpRelay() || streams.isWanted() && streams.isSettled());
    }

    void add(RelayAccess relay, long now) {
        relays.add(relay);
        if (RelayStreams.isStream(relay)) {
            streams.add(relay, now);
        } else {
            allocateOnce(relay, now);
        }
        considerStreams(now);
    }

    /** No more relays will be added. */
    void everyRelayKnown(long now) {
        everyRelayKnown = true;
        considerStreams(now);
    }

    void addSocket(InetSocketAddress local, long now) {
        sockets.add(local);
        udpRelays().forEach(relay -> allocateOnce(relay, now));
        streams.connectAll(now);
        considerStreams(now);
    }

    /** A server has answered over UDP. */
    void udpWorks() {
        udpWorks = true;
    }

    private List<RelayAccess> udpRelays() {
        return relays.stream().filter(relay -> !RelayStreams.isStream(relay)).toList();
    }

    private boolean hasUdpRelay() {
        return clients.entrySet().stream()
                .anyMatch(entry -> !RelayStreams.isStream(entry.getValue()) && entry.getKey().isAllocated());
    }

    /** Begins with the connections when it is time to. */
    private void considerStreams(long now) {
        if (streams.isEmpty() || streams.isWanted() || sockets.isEmpty() || hasUdpRelay()) {
            return;
        }
        List<RelayClient> overUdp = clients.entrySet().stream().filter(entry -> !RelayStreams.isStream(entry.getValue()))
                .map(Map.Entry::getKey).toList();
        boolean nothingElse = everyRelayKnown && overUdp.stream().allMatch(RelayClient::isEnded);
        if (silentAt == NEVER && !nothingElse) {
            silentAt = now + UDP_SILENCE;
            hopelessAt = now + UDP_PATIENCE;
        } else if (nothingElse || now >= hopelessAt || now >= silentAt && !udpWorks) {
            streams.want(now);
        }
    }

    /** Something is wrong with a path. */
    void recheck(long now) {
        streams.recheck(now);
        List.copyOf(clients.keySet()).forEach(client -> drain(client, now));
    }

    void connectionOpened(SocketRequest request, FiveTuple tuple, long now) {
        streams.opened(request, tuple, now);
    }

    void connectionFailed(SocketRequest request, String reason, long now) {
        streams.failed(request, reason, now);
    }

    void connectionClosed(FiveTuple tuple, long now) {
        streams.closed(tuple, now);
    }

    @Override
    public RelayClient connected(RelayAccess access, InetSocketAddress local, long now) {
        return allocate(access, access, local, now);
    }

    @Override
    public void broken(RelayClient client, String why, long now) {
        if (clients.containsKey(client)) {
            if (why != null) {
                report(client, why, 0);
            }
            drop(client);
        }
    }

    @Override
    public void failed(RelayAccess access, InetAddress local, String why) {
        reports.put("relay", access.transport(), access.server(), new InetSocketAddress(local, 0), why, 0);
    }

    private void report(RelayClient client, String outcome, long roundTrip) {
        reports.put("relay", clients.get(client).transport(), client.server(), client.local(), outcome, roundTrip);
    }

    void removeSocket(InetSocketAddress local, long now) {
        sockets.remove(local);
        if (sockets.stream().noneMatch(socket -> socket.getAddress().equals(local.getAddress()))) {
            streams.removed(local.getAddress(), now);
        }
        for (RelayClient client : List.copyOf(clients.keySet())) {
            if (client.local().equals(local)) {
                allocateOnce(drop(client), now);
            }
        }
    }

    /** @param relay as whose it counts */
    private RelayClient allocate(RelayAccess access, RelayAccess relay, InetSocketAddress local, long now) {
        RelayClient client = new RelayClient(access, local, random, now);
        client.keepAlive(Gatherer.RARE_REFRESH / 3);             // RFC 4787, REQ-5: below 2 minutes; sessions use it if need be
        clients.put(client, relay);
        drain(client, now);
        return client;
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
                reports.asked("relay", allocate(relay, relay, local, now).server(), local);
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
        client.checkIfQuiet(now);
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
                udpWorks |= datagram.transport() == Transport.UDP;
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
        streams.handleTimeout(now);
        if (now >= silentAt) {
            considerStreams(now);
        }
        for (RelayClient client : departures.due(now)) {
            client.close(now);
            drainQueues(client);
            drop(client);
        }
    }

    private void drain(RelayClient client, long now) {
        servers.add(client.server());                          // it may have been sent on to another one
        if (streams.follow(client, now)) {
            return;
        }
        drainQueues(client);
        boolean stream = RelayStreams.isStream(clients.get(client));
        for (RelayEvent event; (event = client.pollEvent()) != null; ) {
            if (event instanceof RelayEvent.Allocated allocated) {
                byRelayed.put(allocated.relayed(), client);
                roundTrips.put(allocated.relayed().getAddress(), allocated.roundTripNanos());
                report(client, text(allocated.relayed()), allocated.roundTripNanos());
                streams.allocated(client);
                findings.add(Candidate.relayed(allocated.relayed(), client.server(), preferenceOf(client)));
                departures.stands(client, now);
                if (allocated.mapped() != null && !stream) {
                    reflexive.found(allocated.mapped(), client.local(), client.server());
                }
            } else if (event instanceof RelayEvent.Ending ending) {
                leave(client, ending, now);
            } else if (event instanceof RelayEvent.Failed failed) {
                report(client, failed.advice(), 0);
                again(client, !stream, now);
            } else if (event instanceof RelayEvent.Lost lost) {
                report(client, lost.advice(), 0);
                again(client, false, now);
            }
        }
    }

    /** @param keep so that another socket is tried next time */
    private void again(RelayClient client, boolean keep, long now) {
        RelayAccess relay = keep ? clients.get(client) : drop(client);
        if (RelayStreams.isStream(relay)) {
            streams.ended(client, now);
        } else {
            allocateOnce(relay, now);
        }
        considerStreams(now);
    }

    /** The relay goes out of service: there is time to stand at another one first, where we don't already. */
    private void leave(RelayClient client, RelayEvent.Ending ending, long now) {
        RelayAccess relay = clients.get(client);
        boolean stands = departures.begin(client, clients.keySet(), now + ending.remainingNanos(), now);
        if (!stands && ending.alternate() != null && relay.transport() == Transport.UDP && sockets.contains(client.local())) {
            RelayClient next = allocate(relay.at(ending.alternate()), relay, client.local(), now);
            departures.begin(client, next, now + ending.remainingNanos());
        }
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
        RelayAccess relay = clients.get(client);
        int order = Math.max(0, relays.indexOf(relay));        // one that we were sent on to is not in the list
        return Gatherer.TOP_PREFERENCE - order - (RelayStreams.isStream(relay) ? STREAM_PENALTY : 0);
    }

    private RelayAccess drop(RelayClient client) {
        if (client.relayed() != null) {
            byRelayed.remove(client.relayed());
            roundTrips.remove(client.relayed().getAddress());
            findings.remove(client.relayed());
        }
        client.abandon();
        departures.remove(client);
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
        streams.close();
        for (Datagram datagram; (datagram = received.poll()) != null; ) {
            datagram.payload().release();
        }
    }

    @Override
    public long nextTimeout() {
        long next = clients.keySet().stream().mapToLong(RelayClient::nextTimeout).min().orElse(NEVER);
        return Math.min(Math.min(next, departures.next()), Math.min(streams.nextTimeout(), nextConsideration()));
    }

    private long nextConsideration() {
        if (streams.isEmpty() || streams.isWanted() || sockets.isEmpty() || hasUdpRelay()) {
            return NEVER;
        }
        return udpWorks ? hopelessAt : silentAt;
    }

    SocketRequest pollSocket() {
        return streams.pollSocket();
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
