package io.natconnector.session;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.ice.Candidate;
import io.natconnector.nat.NatMapping;
import io.natconnector.portmap.UpnpAnswer;
import io.natconnector.portmap.UpnpCall;
import io.natconnector.relay.RelayAccess;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunBinding;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Finds the local candidates, once for all sessions of an endpoint, and keeps them true: asks every STUN server from every socket
 * at the same time, allocates at every relay, asks again every now and then. A silent server delays nobody.
 */
final class Gatherer implements Machine {
    /** While nobody needs to know: a session that is opened, or a path in doubt, asks at once. */
    static final long RARE_REFRESH = SECONDS.toNanos(300);
    /** Where the port that a server sees is nobody else's anyway, or will be another one: only the address is of interest. */
    private static final long RAREST_REFRESH = 6 * RARE_REFRESH;
    /** Below the 30 s after which the most impatient NATs forget a binding (RFC 4787, REQ-5 allows 120 s). */
    private static final long REFRESH = SECONDS.toNanos(20);
    /** Many sessions may come to doubt at once; one question a second serves them all. */
    private static final long RECHECK = SECONDS.toNanos(1);
    /**
     * How often a STUN server is asked. Denser than its usual schedule: until the answer is here the peer can't know where to
     * send, so a lost request of 28 bytes holds up the whole connection.
     */
    private static final Retransmission ASKING = Retransmission.of(MILLISECONDS.toNanos(7_000),
            Stream.of(0, 60, 150, 300, 500, 800, 1_300, 2_000, 3_000, 4_500).mapToLong(MILLISECONDS::toNanos).toArray());
    static final int TOP_PREFERENCE = 65_535;
    /** So much less preferred is what STUN servers see than ports that a gateway has opened: those are open to everybody. */
    private static final int UNASKED_FOR = 64;

    private record Question(InetSocketAddress local, InetSocketAddress server) { }

    private final RandomGenerator random;
    private final BooleanSupplier needed;
    private final Map<InetSocketAddress, Integer> sockets = new LinkedHashMap<>();
    private final List<InetSocketAddress> stunServers = new ArrayList<>();
    /** Who may have something to say to us: nearly all datagrams come from elsewhere. */
    private final Set<InetSocketAddress> asked = new HashSet<>();
    private final Map<Question, StunBinding> bindings = new LinkedHashMap<>();
    private final Findings findings = new Findings();
    private final PortMappings ports;
    private final NatObservations observations = new NatObservations();
    private final ServerReports reports = new ServerReports();
    private final RelayGathering relays;
    private final Queue<Datagram> transmits = new ArrayDeque<>(0);
    private boolean everyServerKnown;
    private long refreshAt = NEVER;
    private long recheckAt;

    /** @param needed whether some session is looking for a path */
    Gatherer(RandomGenerator random, BooleanSupplier needed) {
        this.random = random;
        this.ports = new PortMappings(random);
        this.relays = new RelayGathering(random, findings, reports, this::reflexive);
        this.needed = needed;
    }

    List<Candidate> candidates() {
        return findings.all();
    }

    /** A server that answers Binding requests, or {@code null}; a relay does that, too. */
    InetSocketAddress anyServer() {
        return stunServers.isEmpty() ? relays.anyServer() : stunServers.get(0);
    }

    Surroundings surroundings() {
        return new Surroundings(observations.mapping(), observations.stride(), relays.roundTrips());
    }

    List<SessionReport.ServerReport> reports() {
        List<SessionReport.ServerReport> all = new ArrayList<>(reports.all());
        all.addAll(ports.reports());
        return all;
    }

    PortMappings ports() {
        return ports;
    }

    /** No more servers will be added: once those that are known have answered or not, gathering is complete. */
    void everyServerKnown(long now) {
        everyServerKnown = true;
        relays.everyRelayKnown(now);
        drainRelays();
    }

    boolean isComplete() {
        return everyServerKnown && !sockets.isEmpty() && bindings.values().stream().allMatch(binding -> binding.result() != null)
                && relays.isComplete();
    }

    void addSocket(InetSocketAddress local, long now) {
        int preference = TOP_PREFERENCE - sockets.size();
        sockets.put(local, preference);
        findings.add(Candidate.host(local, preference));
        stunServers.forEach(server -> ask(local, server, now));
        relays.addSocket(local, now);
        drainRelays();
        ports.addSocket(local, now);
        drainPorts();
    }

    void removeSocket(InetSocketAddress local, long now) {
        if (sockets.remove(local) == null) {
            return;
        }
        observations.remove(local);
        ports.removeSocket(local, now);
        drainPorts();
        bindings.keySet().removeIf(question -> question.local().equals(local));
        findings.remove(local);
        relays.removeSocket(local, now);
        drainRelays();
    }

    void addStunServer(InetSocketAddress server, long now) {
        if (!stunServers.contains(server)) {
            stunServers.add(server);
            sockets.keySet().forEach(local -> ask(local, server, now));
        }
    }

    void addRelay(RelayAccess relay, long now) {
        relays.add(relay, now);
        drainRelays();
    }

    void addGateway(InetAddress local, InetAddress gateway, long now) {
        ports.addGateway(local, gateway, sockets.keySet(), now);
        drainPorts();
    }

    void answered(UpnpCall call, UpnpAnswer answer, long now) {
        ports.answered(call, answer, now);
        drainPorts();
    }

    private void ask(InetSocketAddress local, InetSocketAddress server, long now) {
        if (sameFamily(local, server)) {
            StunBinding binding = new StunBinding(local, server, ASKING, random, now);
            bindings.put(new Question(local, server), binding);
            asked.add(server);
            reports.asked("stun", server, local);
            observations.asked(local, server);
            drain(binding);
            refreshAt = refreshAt == NEVER ? now + REFRESH : refreshAt;
        }
    }

    /** Sends for a session from a relayed address. Borrows the payload. */
    boolean sendFromRelay(Datagram datagram, long now) {
        boolean sent = relays.send(datagram, now);
        if (sent) {
            drainRelays();
        }
        return sent;
    }

    /** A relayed path was chosen: frame its data more cheaply. */
    void prefer(InetSocketAddress relayed, InetSocketAddress peer, long now) {
        relays.prefer(relayed, peer, now);
        drainRelays();
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (relays.receive(datagram, now)) {
            drainRelays();
            return true;
        }
        if (!asked.contains(datagram.from())) {
            return receiveFromGateway(datagram, now);
        }
        StunBinding binding = bindings.get(new Question(datagram.to(), datagram.from()));
        if (binding != null && binding.receive(datagram, now)) {
            drain(binding);
            return true;
        }
        return receiveFromGateway(datagram, now);             // which may be a server, too
    }

    private boolean receiveFromGateway(Datagram datagram, long now) {
        boolean ours = ports.receive(datagram, now);
        if (ours) {
            drainPorts();
        }
        return ours;
    }

    @Override
    public void handleTimeout(long now) {
        relays.handleTimeout(now);
        drainRelays();
        for (StunBinding binding : List.copyOf(bindings.values())) {
            if (binding.nextTimeout() <= now) {
                binding.handleTimeout(now);
                drain(binding);
            }
        }
        ports.handleTimeout(now);
        drainPorts();
        if (now >= refreshAt) {
            boolean portsLast = !observations.mapping().dependsOnDestination();
            refreshAt = now + (needed.getAsBoolean() ? REFRESH : portsLast ? RARE_REFRESH : RAREST_REFRESH);
            askAgain(now);
        }
    }

    /** Something is wrong with a path: see whether our addresses are still what they were. */
    void recheck(long now) {
        if (now >= recheckAt) {
            recheckAt = now + RECHECK;
            askAgain(now);
            relays.recheck(now);
            drainRelays();
        }
    }

    private void askAgain(long now) {
        for (Question question : List.copyOf(bindings.keySet())) {
            if (bindings.get(question).result() != null) {
                ask(question.local(), question.server(), now);
            }
        }
    }

    /** Sessions keep a port that was lost until they gather anew: it is one pair more that fails. */
    private void drainPorts() {
        for (Datagram datagram; (datagram = ports.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
        ports.drain(local -> sockets.getOrDefault(local, 0), candidate -> {
            if (!findings.has(candidate.address(), candidate.base())) {
                findings.add(candidate);
            }
        }, findings::forget);
    }

    void connectionOpened(SocketRequest request, FiveTuple tuple, long now) {
        relays.connectionOpened(request, tuple, now);
        drainRelays();
    }

    void connectionFailed(SocketRequest request, String reason, long now) {
        relays.connectionFailed(request, reason, now);
        drainRelays();
    }

    void connectionClosed(FiveTuple tuple, long now) {
        relays.connectionClosed(tuple, now);
        drainRelays();
    }

    SocketRequest pollSocket() {
        return relays.pollSocket();
    }

    private void drainRelays() {
        for (Datagram datagram; (datagram = relays.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
    }

    private void drain(StunBinding binding) {
        for (Datagram datagram; (datagram = binding.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
        reports.put(binding);
        if (binding.result() instanceof StunBinding.Result.Mapped mapped) {
            relays.udpWorks();
            reflexive(mapped.address(), binding.local(), binding.server());
        }
    }

    private void reflexive(InetSocketAddress mapped, InetSocketAddress local, InetSocketAddress server) {
        NatMapping before = observations.mapping(local);
        InetSocketAddress outdated = observations.add(local, server, mapped);
        if (outdated != null) {
            findings.outdate(outdated, local);
        }
        if (!findings.has(mapped, local) && sockets.containsKey(local)) {
            findings.add(Candidate.serverReflexive(mapped, local, server, sockets.get(local) - UNASKED_FOR));
        }
        if (before != NatMapping.SEQUENTIAL && sockets.containsKey(local)) {
            observations.predicted(local, server, sockets.get(local)).forEach(findings::add);
        }
    }

    /** Gives the allocations back. */
    void close(long now) {
        relays.close(now);
        drainRelays();
        ports.close(now);
        drainPorts();
        bindings.clear();
        refreshAt = NEVER;
    }

    @Override
    public long nextTimeout() {
        long next = Math.min(Math.min(refreshAt, ports.nextTimeout()), relays.nextTimeout());
        for (StunBinding binding : bindings.values()) {
            next = Math.min(next, binding.nextTimeout());
        }
        return next;
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }

    /** Data that came over a relay: from the peer, to the relayed address. */
    Datagram pollReceived() {
        return relays.pollReceived();
    }

    Findings.Change pollChange() {
        return findings.pollChange();
    }

    static boolean sameFamily(InetSocketAddress a, InetSocketAddress b) {
        return a.getAddress().getClass() == b.getAddress().getClass();
    }
}
