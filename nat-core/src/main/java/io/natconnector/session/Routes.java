package io.natconnector.session;

import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which session a datagram is for: checks by the user fragment that they name, all else by where it comes from. Several sessions
 * may expect datagrams from one address, as behind one NAT; nearly always it is one.
 */
final class Routes {
    private final Map<InetSocketAddress, List<PeerSession>> byRemote = new HashMap<>();
    private final Map<String, PeerSession> byUfrag = new HashMap<>();
    private final Map<PeerSession, Names> names = new HashMap<>();

    private static final class Names {
        private final List<String> ufrags = new ArrayList<>(2);
        private final List<InetSocketAddress> remotes = new ArrayList<>(4);
    }

    /** Brings the routes of a session up to date. */
    void update(PeerSession session) {
        Names own = names.computeIfAbsent(session, s -> new Names());
        List<String> ufrags = session.ufrags();
        if (!own.ufrags.equals(ufrags)) {
            own.ufrags.forEach(byUfrag::remove);
            own.ufrags.clear();
            own.ufrags.addAll(ufrags);
            ufrags.forEach(ufrag -> byUfrag.put(ufrag, session));
        }
        for (InetSocketAddress remote; (remote = session.pollRemoteAddress()) != null; ) {
            List<PeerSession> sessions = byRemote.computeIfAbsent(remote, r -> new ArrayList<>(1));
            if (!sessions.contains(session)) {
                sessions.add(session);
                own.remotes.add(remote);
            }
        }
    }

    void remove(PeerSession session) {
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

    /** The session that a check names, or {@code null}. */
    PeerSession named(StunMessage message) {
        if (message.stunClass() != StunClass.REQUEST) {
            return null;
        }
        String username = message.get(StunAttribute.USERNAME);
        int colon = username == null ? -1 : username.indexOf(':');
        return colon < 0 ? null : byUfrag.get(username.substring(0, colon));
    }

    /** The sessions that expect datagrams from there. */
    List<PeerSession> from(InetSocketAddress remote) {
        return byRemote.getOrDefault(remote, List.of());
    }

    boolean isEmpty() {
        return names.isEmpty() && byRemote.isEmpty() && byUfrag.isEmpty();
    }
}
