package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IcePath;
import io.natconnector.portmap.UpnpAnswer;
import io.natconnector.portmap.UpnpCall;
import io.natconnector.relay.RelayAccess;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The sockets of a connector and all its sessions: one UDP socket per local address, shared by all. Gathers candidates once for
 * all of them, so that a session opened later has them at once, and routes each datagram to its session.
 *
 * <p>A session that is to have ports of its own gets an endpoint of its own.
 */
public final class Endpoint implements SocketMachine {
    private final RandomGenerator random;
    private final Encryption encryption;
    private final Gatherer gatherer;
    final Routes routes = new Routes(this::settle);
    private final Agenda agenda = new Agenda();
    private final Set<PeerSession> sessions = new LinkedHashSet<>();
    private final List<InetSocketAddress> sockets = new ArrayList<>();
    private final Queue<SocketRequest> socketRequests = new ArrayDeque<>(0);
    private final Queue<Datagram> transmits = new ArrayDeque<>(0);
    private final Events events = new Events();
    private final SearchSockets searching = new SearchSockets();
    private int opening;
    private Surroundings surroundings = Surroundings.UNKNOWN;
    private boolean wasComplete;
    private boolean closed;

    /** {@code random} is a SecureRandom outside tests; without {@code encryption} ({@code null}) sessions carry plaintext. */
    public Endpoint(RandomGenerator random, Encryption encryption) {
        this.random = random;
        this.encryption = encryption;
        this.gatherer = new Gatherer(random, () -> sessions.stream().anyMatch(session -> !session.isConnected()));
    }

    /** Opens a socket at a local address; those opened first are preferred. Port 0 takes any free one. */
    public void open(InetSocketAddress local) {
        opening++;
        socketRequests.add(SocketRequest.openUdp(local));
    }

    @Override
    public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) {
        PeerSession searcher = searching.take(request);
        if (searcher != null) {
            searcher.socketOpened(bound, now);
            settle(searcher, now);
            return;
        }
        opening--;
        if (bound != null && closed) {
            socketRequests.add(SocketRequest.closeUdp(bound));
        } else if (bound != null) {
            sockets.add(bound);
            gatherer.addSocket(bound, now);
        }
        settle(now);
    }

    @Override
    public void connectionOpened(SocketRequest request, FiveTuple connection, long now) {
        gatherer.connectionOpened(request, connection, now);
        settle(now);
    }

    @Override
    public void connectionFailed(SocketRequest request, String reason, long now) {
        gatherer.connectionFailed(request, reason, now);
        settle(now);
    }

    @Override
    public void connectionClosed(FiveTuple connection, long now) {
        gatherer.connectionClosed(connection, now);
        settle(now);
    }

    /** A local address is gone: its socket is closed, and what depends on it with it. */
    public void removeSocket(InetSocketAddress local, long now) {
        if (sockets.remove(local)) {
            socketRequests.add(SocketRequest.closeUdp(local));
            gatherer.removeSocket(local, now);
            settle(now);
        }
    }

    /** The sockets that are open. */
    public List<InetSocketAddress> sockets() {
        return List.copyOf(sockets);
    }

    /** The machine has slept: nothing that was known a moment ago need be true now. Asks the servers and checks all paths. */
    public void awoke(long now) {
        gatherer.recheck(now);
        for (PeerSession session : List.copyOf(sessions)) {
            session.awoke(now);
            settle(session, now);
        }
        settle(now);
    }

    public void addStunServer(InetSocketAddress server, long now) {
        gatherer.addStunServer(server, now);
        settle(now);
    }

    public void addRelay(RelayAccess relay, long now) {
        gatherer.addRelay(relay, now);
        settle(now);
    }

    /** Which gateway a local address is behind: its sockets' ports are asked for, and become candidates when it opens them. */
    public void addGateway(InetAddress local, InetAddress gateway, long now) {
        gatherer.addGateway(local, gateway, now);
        settle(now);
    }

    public PortMappings portMappings() {
        return gatherer.ports();
    }

    /** What came of a request that {@link #portMappings} wanted done. */
    public void answered(UpnpCall call, UpnpAnswer answer, long now) {
        gatherer.answered(call, answer, now);
        settle(now);
    }

    /** No more servers will be added, so gathering ends when those known have answered or not. */
    public void everyServerKnown(long now) {
        gatherer.everyServerKnown(now);
        settle(now);
    }

    public List<Candidate> candidates() {
        return List.copyOf(gatherer.candidates());
    }

    /** What the servers have said. */
    public List<SessionReport.ServerReport> serverReports() {
        return gatherer.reports();
    }

    public boolean isGatheringComplete() {
        return opening == 0 && gatherer.isComplete();
    }

    /** Opens a session with a peer; what to tell it comes as an event. */
    public PeerSession connect(SessionSettings settings, long now) {
        if (closed) {
            throw new IllegalStateException("the endpoint is closed");
        }
        gatherer.recheck(now);
        long name = routes.name(random);
        PeerSession session = new PeerSession(settings, encryption, random, events, gatherer::anyServer, name, now);
        sessions.add(session);
        session.surroundings(surroundings, now);
        List.copyOf(gatherer.candidates()).forEach(candidate -> session.addLocal(candidate, now));
        if (isGatheringComplete()) {
            session.complete();
        }
        settle(session, now);
        settle(now);
        return session;
    }

    /**
     * What the peer says.
     *
     * @return false when the words belong to another session: the peer started anew
     */
    public boolean hear(PeerSession session, Words words, long now) {
        boolean ours = session.hear(words, now);
        settle(session, now);
        return ours;
    }

    /** Sends a datagram of the application, at once if the outlet has room; borrows it. False: it was dropped, without a path. */
    public boolean send(PeerSession session, ByteBuf payload, Outlet outlet, long now) {
        boolean sent = session.send(payload, outlet, now);
        if (session.pollUnsettled()) {
            drain(session, now);
            agenda.update(session);
        }
        return sent;
    }

    /** Whether such a datagram is known to be too long for the path; longer ones than ever are tried first. Borrows it. */
    public boolean refuses(PeerSession session, ByteBuf payload, long now) {
        return session.refuses(payload, now);
    }

    /** Goes on with a session whose handshake's thread has done a step. */
    public void proceed(PeerSession session, long now) {
        session.settle(now);
        settle(session, now);
    }

    /** Looks for paths anew, with fresh credentials; data goes on over the present path meanwhile. */
    public void restart(PeerSession session, long now) {
        session.restart(now);
        settle(session, now);
    }

    public void close(PeerSession session, long now) {
        session.close(now);
        settle(session, now);
    }

    /** Ends a session whose peer has started anew. */
    public void replaced(PeerSession session, long now) {
        session.end(SessionFailure.REPLACED, now);
        settle(session, now);
    }

    public SessionReport report(PeerSession session, long now) {
        return session.report(gatherer.reports(), now);
    }

    /** Closes all sessions, gives allocations back, closes the sockets. */
    public void close(long now) {
        if (closed) {
            return;
        }
        closed = true;
        for (PeerSession session : List.copyOf(sessions)) {
            close(session, now);
        }
        gatherer.close(now);
        settle(now);
        agenda.remove(gatherer);
        sockets.forEach(socket -> socketRequests.add(SocketRequest.closeUdp(socket)));
        sockets.clear();
    }

    /** Datagrams that belonged to nobody. */
    public long unrouted() {
        return routes.unrouted();
    }

    public int sessionCount() {
        return sessions.size();
    }

    /** Nearly all that comes in is data of a connected peer, and goes to its session without an object around it. */
    @Override
    public boolean receive(InetSocketAddress from, InetSocketAddress to, ByteBuf payload, long now) {
        return !StunMessage.is(payload) && !closed && routes.receiveData(from, to, payload, now)
                || receive(Datagram.udp(from, to, payload), now);
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (closed) {
            return false;
        }
        if (gatherer.receive(datagram, now)) {
            settle(now);
            return true;
        }
        return datagram.transport() == Transport.UDP && routes.receive(datagram, now);   // peers speak to us over UDP alone
    }

    @Override
    public void handleTimeout(long now) {
        boolean gathered = false;
        for (Machine machine; (machine = agenda.pollDue(now)) != null; ) {
            machine.handleTimeout(now);
            if (machine instanceof PeerSession session) {
                settle(session, now);
            } else {
                gathered = true;
                drainGatherer(now);
            }
        }
        if (gathered) {
            settle(now);
        }
    }

    /** After the gatherer changed: tells the sessions what concerns them. */
    private void settle(long now) {
        drainGatherer(now);
        boolean news = false;
        for (Findings.Change change; (change = gatherer.pollChange()) != null; ) {
            news = true;
            for (PeerSession session : sessions) {
                change.tell(session, now);
            }
        }
        boolean complete = isGatheringComplete();
        if (!surroundings.equals(gatherer.surroundings())) {
            surroundings = gatherer.surroundings();
            news = true;
            sessions.forEach(session -> session.surroundings(surroundings, now));
        }
        if (news || complete != wasComplete) {
            wasComplete = complete;
            if (complete) {
                sessions.forEach(PeerSession::complete);
            }
            List.copyOf(sessions).forEach(session -> settle(session, now));
        }
    }

    private void drainGatherer(long now) {
        for (Datagram datagram; (datagram = gatherer.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
        for (Datagram datagram; (datagram = gatherer.pollReceived()) != null; ) {
            try {
                routes.receive(datagram, now);
            } finally {
                datagram.payload().release();
            }
        }
        if (!closed) {
            agenda.update(gatherer);
        }
    }

    /** After a session changed: everything that it wants goes where it belongs. */
    private void settle(PeerSession session, long now) {
        IcePath path = session.standing().pollNewPath();
        if (path != null) {
            gatherer.prefer(path.from(), path.to(), now);
            drainGatherer(now);
        }
        Words words = session.pollWords(now);
        if (words != null) {
            events.add(new SessionEvent.Say(session, words.text()));
        }
        drain(session, now);
        if (session.standing().pollDoubt()) {
            gatherer.recheck(now);
            drainGatherer(now);
        }
        searching.drain(session, socketRequests);
        if (session.isEnded()) {
            sessions.remove(session);
            routes.remove(session);
            agenda.remove(session);
        } else {
            routes.update(session);
            agenda.update(session);
        }
    }

    private void drain(PeerSession session, long now) {
        for (Datagram datagram; (datagram = session.pollTransmit()) != null; ) {
            if (gatherer.sendFromRelay(datagram, now)) {
                datagram.payload().release();
                drainGatherer(now);
            } else {
                transmits.add(datagram);
            }
        }
    }

    @Override
    public long nextTimeout() {
        return agenda.next();
    }

    @Override
    public SocketRequest pollSocket() {
        SocketRequest request = gatherer.pollSocket();
        return request != null ? request : socketRequests.poll();
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }

    public SessionEvent pollEvent() {
        return events.poll();
    }
}
