package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceAgent;
import io.natconnector.ice.IceEvent;
import io.natconnector.ice.IceRole;
import io.natconnector.ice.Passenger;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunMessage;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * The present generation of ICE with a peer, and after a restart (RFC 8445, section 9) the one before, which carries the data
 * until the new one has found a path.
 */
final class Generations {
    private final SessionSettings settings;
    private final RandomGenerator random;
    private final Passenger passenger;
    private final Queue<Datagram> leftOver = new ArrayDeque<>(0);
    private IceAgent current;
    private IceAgent previous;

    /** @param passenger rides in the checks; {@code null}: none does */
    Generations(SessionSettings settings, RandomGenerator random, Passenger passenger) {
        this.settings = settings;
        this.passenger = passenger;
        this.random = random;
        this.current = newAgent();
    }

    private IceAgent newAgent() {
        IceRole role = settings.role() == null ? IceRole.CONTROLLING : settings.role();
        return new IceAgent(settings.ice(), role, random, passenger);
    }

    IceAgent current() {
        return current;
    }

    /** Two of ours need no conflict to find out who controls (RFC 8445, section 7.3.1.1): the higher tie-breaker does. */
    void agreeOnRole(Words.Note peers) {
        if (settings.role() == null) {
            boolean weControl = Long.compareUnsigned(current.tieBreaker(), peers.tieBreaker()) > 0;
            current.role(weControl ? IceRole.CONTROLLING : IceRole.CONTROLLED);
        }
    }

    /** The one whose path is in use. */
    IceAgent carrier() {
        return previous != null && current.selected() == null ? previous : current;
    }

    /** The user fragments by which checks of the peer name this session. */
    List<String> ufrags() {
        String ufrag = current.localParameters().ufrag();
        return previous == null ? List.of(ufrag) : List.of(ufrag, previous.localParameters().ufrag());
    }

    void restart(List<Candidate> candidates, long now) {
        IceAgent carrier = carrier();
        drop(carrier == current ? previous : current);
        previous = carrier.selected() == null ? null : carrier;
        if (previous == null) {
            drop(carrier);
        }
        current = newAgent();
        candidates.forEach(candidate -> current.addLocal(candidate, now));
    }

    /** What an agent of old times still had to send goes out: these are answers that the peer waits for. */
    private void drop(IceAgent old) {
        if (old != null) {
            for (Datagram datagram; (datagram = old.pollTransmit()) != null; ) {
                leftOver.add(datagram);
            }
        }
    }

    void removeLocal(InetSocketAddress base, long now) {
        current.removeLocal(base, now);
        if (previous != null) {
            previous.removeLocal(base, now);
        }
    }

    boolean receive(Datagram datagram, StunMessage message, long now) {
        return current.receive(datagram, message, now) || previous != null && previous.receive(datagram, message, now);
    }

    /** Whether data that came this way may be the peer's. */
    boolean accepts(InetSocketAddress from, InetSocketAddress to) {
        return current.accepts(to, from) || previous != null && previous.accepts(to, from);
    }

    void handleTimeout(long now) {
        current.handleTimeout(now);
        if (previous != null) {
            previous.handleTimeout(now);
        }
    }

    long nextTimeout() {
        return previous == null ? current.nextTimeout() : Math.min(current.nextTimeout(), previous.nextTimeout());
    }

    Datagram pollTransmit() {
        Datagram datagram = current.pollTransmit();
        datagram = datagram == null && previous != null ? previous.pollTransmit() : datagram;
        return datagram == null ? leftOver.poll() : datagram;
    }

    /** What the session should know; {@code Lost} only if neither generation has a path. */
    IceEvent pollEvent() {
        for (IceEvent event; (event = current.pollEvent()) != null; ) {
            if (event instanceof IceEvent.Selected) {
                drop(previous);
                previous = null;
            }
            if (previous == null || !(event instanceof IceEvent.Lost)) {
                return event;
            }
        }
        for (IceEvent event; previous != null && (event = previous.pollEvent()) != null; ) {
            if (event instanceof IceEvent.Lost) {
                drop(previous);
                previous = null;
            }
            if (!(event instanceof IceEvent.Nominated)) {
                return event;
            }
        }
        return null;
    }
}
