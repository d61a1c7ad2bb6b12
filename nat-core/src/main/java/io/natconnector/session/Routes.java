package io.natconnector.session;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;

/**
 * Takes each datagram to the session that it is for: checks by the user fragment that they name, all else by where it comes from.
 * Several sessions may expect datagrams from one address, as behind one NAT; nearly always it is one.
 */
final class Routes {
    private static final List<PeerSession> NONE = List.of();
    private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("nowhere", 0);

    /** Addresses of one peer: it may name new ones for as long as it likes. */
    private static final int MOST_REMOTES = 256;
    /** Sessions that expect datagrams from one address, each of which may have to look at them; checks find the others, too. */
    private static final int MOST_SHARING = 64;

    private final ObjLongConsumer<PeerSession> settle;
    private final Map<InetSocketAddress, List<PeerSession>> byRemote = new HashMap<>();
    private final Map<String, PeerSession> byUfrag = new HashMap<>();
    private final Map<PeerSession, Names> names = new HashMap<>();

    private InetSocketAddress lastRemote = NOWHERE;           // datagrams that come in as one have the very same address
    private List<PeerSession> lastFrom = NONE;
    private long named;
    private long unrouted;

    /** @param settle told of each session that has taken something in, and when */
    Routes(ObjLongConsumer<PeerSession> settle) {
        this.settle = settle;
    }

    private static final class Names {
        private final List<String> ufrags = new ArrayList<>(2);
        private final List<InetSocketAddress> remotes = new ArrayList<>(4);
    }

    /**
     * A name for one more session: random, and not 0, which means none. Sessions between the same two sockets are told apart by the
     * uppermost four bits, so these are others each time.
     */
    long name(RandomGenerator random) {
        return random.nextLong() >>> 4 | (named++ & 15) << 60 | 1;
    }

    /** Brings the routes of a session up to date. */
    void update(PeerSession session) {
        lastRemote = NOWHERE;
        Names own = names.computeIfAbsent(session, s -> new Names());
        List<String> ufrags = session.ufrags();
        if (!own.ufrags.equals(ufrags)) {
            own.ufrags.forEach(byUfrag::remove);
            own.ufrags.clear();
            own.ufrags.addAll(ufrags);
            ufrags.forEach(ufrag -> byUfrag.put(ufrag, session));
        }
        for (InetSocketAddress remote; (remote = session.pollRemoteAddress()) != null; ) {
            List<PeerSession> sessions = byRemote.getOrDefault(remote, NONE);
            if (own.remotes.size() < MOST_REMOTES && sessions.size() < MOST_SHARING && !sessions.contains(session)) {
                byRemote.computeIfAbsent(remote, r -> new ArrayList<>(1)).add(session);
                own.remotes.add(remote);
            }
        }
    }

    void remove(PeerSession session) {
        lastRemote = NOWHERE;
        Names own = names.remove(session);
        if (own == null) {
            return;
        }
        own.ufrags.forEach(byUfrag::remove);
        for (InetSocketAddress remote : own.remotes) {
            List<PeerSession> sessions = byRemote.get(remote);
            sessions.remove(session);
            if (sessions.isEmpty()) {
                byRemote.remove(remote);
            }
        }
    }

    /** False: it belonged to nobody. */
    boolean receive(Datagram datagram, long now) {
        StunMessage message = StunOrNull.parse(datagram.payload());
        PeerSession taker = message == null ? null : takesCheck(datagram, message, now);
        if (taker != null) {
            settle.accept(taker, now);
            return true;
        }
        if (receiveData(datagram.from(), datagram.to(), datagram.payload(), now)) {
            return true;
        }
        unrouted++;
        return false;
    }

    /** Takes what is no check to the session that expects it from there; false if none does. */
    boolean receiveData(InetSocketAddress from, InetSocketAddress to, ByteBuf payload, long now) {
        List<PeerSession> sessions = from(from);
        for (int i = 0; i < sessions.size(); i++) {
            PeerSession session = sessions.get(i);
            if (session.receiveData(from, to, payload, now)) {
                if (session.pollUnsettled()) {
                    settle.accept(session, now);
                }
                return true;
            }
        }
        return false;
    }

    private PeerSession takesCheck(Datagram datagram, StunMessage message, long now) {
        PeerSession named = named(message);
        if (named != null && named.receiveCheck(datagram, message, now)) {
            return named;
        }
        List<PeerSession> candidates = from(datagram.from());
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).receiveCheck(datagram, message, now)) {
                return candidates.get(i);
            }
        }
        return null;
    }

    /** Datagrams that belonged to nobody. */
    long unrouted() {
        return unrouted;
    }

    /** The session that a check names, or {@code null}. */
    private PeerSession named(StunMessage message) {
        if (message.stunClass() != StunClass.REQUEST) {
            return null;
        }
        String username = message.get(StunAttribute.USERNAME);
        int colon = username == null ? -1 : username.indexOf(':');
        return colon < 0 ? null : byUfrag.get(username.substring(0, colon));
    }

    /** The sessions that expect datagrams from there. */
    private List<PeerSession> from(InetSocketAddress remote) {
        if (remote != lastRemote) {
            lastFrom = byRemote.getOrDefault(remote, NONE);
            lastRemote = remote;
        }
        return lastFrom;
    }

    /** How many addresses are known. */
    int size() {
        return byRemote.size();
    }

    boolean isEmpty() {
        return names.isEmpty() && byRemote.isEmpty() && byUfrag.isEmpty();
    }
}
