package io.natconnector.session;

import io.natconnector.stun.SocketRequest;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** Sessions that asked for sockets of their own, by the address that they asked for, in their order. */
final class SearchSockets {
    private final Map<InetSocketAddress, Queue<PeerSession>> waiting = new HashMap<>();

    /** Takes over what the session asks for. */
    void drain(PeerSession session, Queue<SocketRequest> requests) {
        for (SocketRequest request; (request = session.pollSocket()) != null; ) {
            requests.add(request);
            if (request.kind() == SocketRequest.Kind.OPEN) {
                waiting.computeIfAbsent(request.address(), address -> new ArrayDeque<>()).add(session);
            }
        }
    }

    /** Whose request that was, or {@code null} if no session's. */
    PeerSession take(SocketRequest request) {
        Queue<PeerSession> sessions = waiting.get(request.address());
        if (sessions == null) {
            return null;
        }
        PeerSession session = sessions.remove();
        if (sessions.isEmpty()) {
            waiting.remove(request.address());
        }
        return session;
    }
}
