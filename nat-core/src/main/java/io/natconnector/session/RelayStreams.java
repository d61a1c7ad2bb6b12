package io.natconnector.session;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.relay.RelayAccess;
import io.natconnector.relay.RelayClient;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * The connections to relays that are reached over TCP, TLS or DTLS: one for each relay once they are wanted, made anew when it
 * breaks, with growing patience where nothing comes of it.
 */
final class RelayStreams {
    /** A relay that has just been started again is found soon; one that is gone costs a connection a minute. */
    private static final long FIRST_RETRY = SECONDS.toNanos(1);
    private static final long LONGEST_RETRY = SECONDS.toNanos(60);
    /** A relay may send us on to another one (RFC 8656, section 7.4), which is not to go on for ever. */
    private static final int MOST_REDIRECTS = 3;

    private enum State { IDLE, CONNECTING, OPEN, WAITING }

    /** What became of a connection, for whoever speaks TURN over it. */
    interface Owner {
        /** It stands: who allocates over it? */
        RelayClient connected(RelayAccess access, InetSocketAddress local, long now);

        /** It is no more, and the allocation neither. */
        void broken(RelayClient client, String why, long now);

        /** It came to nothing. */
        void failed(RelayAccess access, InetAddress local, String why);
    }

    private static final class Link {
        final RelayAccess relay;
        RelayAccess access;
        State state = State.IDLE;
        SocketRequest request;
        FiveTuple tuple;
        RelayClient client;
        int attempts;
        int redirects;
        int failures;
        long retryAt = Machine.NEVER;

        Link(RelayAccess relay) {
            this.relay = relay;
            this.access = relay;
        }
    }

    private final RandomGenerator random;
    private final Collection<InetSocketAddress> sockets;
    private final Owner owner;
    private final List<Link> links = new ArrayList<>();
    private final Queue<SocketRequest> requests = new ArrayDeque<>();
    private boolean wanted;
    private boolean closed;

    /** @param sockets the UDP sockets that there are now: connections leave from their addresses */
    RelayStreams(RandomGenerator random, Collection<InetSocketAddress> sockets, Owner owner) {
        this.random = random;
        this.sockets = sockets;
        this.owner = owner;
    }

    void add(RelayAccess relay, long now) {
        links.add(new Link(relay));
        connectAll(now);
    }

    boolean isEmpty() {
        return links.isEmpty();
    }

    boolean isWanted() {
        return wanted;
    }

    /** From now on they are made and kept. */
    void want(long now) {
        wanted = true;
        connectAll(now);
    }

    /** Whether each has led to an allocation or to a failure. */
    boolean isSettled() {
        return links.stream().allMatch(link -> link.failures > 0 || link.client != null && link.client.isAllocated());
    }

    /** There is one local address more. */
    void connectAll(long now) {
        for (Link link : links) {
            if (wanted && link.state == State.IDLE) {
                connect(link);
            }
        }
    }

    /** A local address is gone, and what went from there. */
    void removed(InetAddress local, long now) {
        for (Link link : links) {
            if (link.tuple != null && link.tuple.local().getAddress().equals(local)) {
                end(link, "its local address is gone", now);
            }
        }
    }

    private void connect(Link link) {
        List<InetAddress> from = sockets.stream().map(InetSocketAddress::getAddress)
                .filter(address -> address.getClass() == link.access.server().getAddress().getClass()).distinct().toList();
        if (from.isEmpty() || closed) {
            link.state = State.IDLE;
            return;
        }
        InetSocketAddress local = new InetSocketAddress(from.get(link.attempts++ % from.size()), 0);
        link.state = State.CONNECTING;
        link.retryAt = Machine.NEVER;
        link.request = SocketRequest.connect(link.access.transport(), local, link.access.server(), link.access.serverName());
        requests.add(link.request);
    }

    void opened(SocketRequest request, FiveTuple tuple, long now) {
        Link link = connecting(request);
        if (link == null || closed) {
            requests.add(SocketRequest.close(tuple));
            return;
        }
        link.state = State.OPEN;
        link.tuple = tuple;
        link.client = owner.connected(link.access, tuple.local(), now);
    }

    void failed(SocketRequest request, String reason, long now) {
        Link link = connecting(request);
        if (link != null && !closed) {
            owner.failed(link.access, request.address().getAddress(), reason);
            retry(link, now);
        }
    }

    private Link connecting(SocketRequest request) {
        return links.stream().filter(link -> link.state == State.CONNECTING && link.request.equals(request)).findFirst()
                .orElse(null);
    }

    void closed(FiveTuple tuple, long now) {
        for (Link link : links) {
            if (tuple.equals(link.tuple)) {
                link.tuple = null;
                end(link, "the connection is broken", now);
            }
        }
    }

    /** The client of a connection has had success. */
    void allocated(RelayClient client) {
        Link link = of(client);
        if (link != null) {
            link.failures = 0;
            link.redirects = 0;
        }
    }

    /** The client of a connection has come to its end; it is tried anew. */
    void ended(RelayClient client, long now) {
        Link link = of(client);
        if (link != null) {
            link.client = null;
            end(link, null, now);
        }
    }

    /** Whether the relay has sent the client on to another one: it ends here, and is made anew there. */
    boolean follow(RelayClient client, long now) {
        Link link = of(client);
        if (link == null || client.server().equals(link.access.server()) || link.redirects >= MOST_REDIRECTS) {
            return false;
        }
        link.redirects++;
        link.access = link.access.at(client.server());
        link.client = null;
        hangUp(link);
        owner.broken(client, "sent on to " + client.server(), now);
        connect(link);
        return true;
    }

    private void end(Link link, String why, long now) {
        RelayClient client = link.client;
        link.client = null;
        hangUp(link);
        if (client != null) {
            owner.broken(client, why, now);
        }
        retry(link, now);
    }

    private void hangUp(Link link) {
        if (link.tuple != null) {
            requests.add(SocketRequest.close(link.tuple));
            link.tuple = null;
        }
    }

    private void retry(Link link, long now) {
        link.access = link.relay;
        link.redirects = 0;
        link.state = State.WAITING;
        long pause = Math.min(FIRST_RETRY << Math.min(link.failures++, 10), LONGEST_RETRY);
        link.retryAt = now + pause / 2 + random.nextLong(pause / 2);
    }

    private Link of(RelayClient client) {
        return links.stream().filter(link -> link.client == client).findFirst().orElse(null);
    }

    /** Something has changed or is in doubt: what waits is tried at once, what stands is asked whether it does. */
    void recheck(long now) {
        for (Link link : links) {
            if (link.state == State.WAITING) {
                connect(link);
            } else if (link.client != null) {
                link.client.check(now);
            }
        }
    }

    void handleTimeout(long now) {
        for (Link link : links) {
            if (link.retryAt <= now) {
                connect(link);
            }
        }
    }

    long nextTimeout() {
        long next = Machine.NEVER;
        for (Link link : links) {
            next = Math.min(next, link.retryAt);
        }
        return next;
    }

    SocketRequest pollSocket() {
        return requests.poll();
    }

    /** Closes all connections, after what is under way on them. */
    void close() {
        closed = true;
        links.forEach(link -> {
            link.client = null;
            link.retryAt = Machine.NEVER;
            hangUp(link);
        });
    }

    static boolean isStream(RelayAccess relay) {
        return relay.transport() != Transport.UDP;
    }
}
