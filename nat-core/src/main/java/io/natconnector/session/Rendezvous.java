package io.natconnector.session;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.natconnector.ice.IceAgent;
import io.natconnector.ice.IceRole;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunBinding;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Starts anew from fresh ports on both sides, at the same moment, where two NATs that should let each other in don't.
 *
 * <p>A plain Linux router that gets the peer's packet before our own has left takes another port for ours, and keeps doing so for
 * as long as the peer's packets come: it is poisoned. Only packets that cross in flight work. So both sides open a fresh socket
 * each, ask a STUN server how it looks from outside, tell each other, and then the controlling side says go: it starts half a
 * signalling round trip later, when the other side reads it.
 */
final class Rendezvous {
    private static final int MAX_ROUNDS = 3;
    /** How long ordinary checks are given first. */
    private static final long AFTER = MILLISECONDS.toNanos(700);
    /** A round that has not succeeded within this, and a signalling round trip, has failed. */
    private static final long ROUND = MILLISECONDS.toNanos(1_200);

    private final RandomGenerator random;
    private final Supplier<InetSocketAddress> stunServer;
    private final Queue<SocketRequest> socketRequests = new ArrayDeque<>();
    private final Queue<Datagram> transmits = new ArrayDeque<>();
    private final List<InetSocketAddress> sockets = new ArrayList<>();
    private InetAddress local;
    private int round;
    private int opening;
    private boolean over;
    private boolean changed;
    private boolean go;
    private StunBinding binding;
    private InetSocketAddress own;                             // the fresh address of this round
    private Meeting theirs;
    private long at = Machine.NEVER;                           // the next round begins
    private long startAt = Machine.NEVER;                      // checks of this round start

    Rendezvous(RandomGenerator random, Supplier<InetSocketAddress> stunServer) {
        this.random = random;
        this.stunServer = stunServer;
    }

    /** Both NATs should be easy; if there is no direct path after a while, fresh ports are tried. */
    void consider(InetAddress localAddress, long now) {
        if (local == null) {
            local = localAddress;
            at = now + AFTER;
        }
    }

    void hear(Meeting meeting, InetAddress localAddress, long now) {
        if (meeting == null || over || meeting.round() > MAX_ROUNDS || meeting.round() < round) {
            return;
        }
        local = local == null ? localAddress : local;
        if (meeting.round() > round) {
            begin(meeting.round());
        }
        theirs = meeting;
        if (meeting.go() && own != null && startAt == Machine.NEVER && !go) {
            startAt = now;
        }
    }

    private void begin(int number) {
        round = number;
        own = null;
        theirs = null;
        binding = null;
        go = false;
        startAt = Machine.NEVER;
        opening++;
        socketRequests.add(SocketRequest.openUdp(new InetSocketAddress(local, 0)));
    }

    boolean isWaitingForSocket() {
        return opening > 0;
    }

    void opened(InetSocketAddress bound, long now) {
        opening--;
        InetSocketAddress server = stunServer.get();
        if (bound == null) {
            return;
        }
        if (over || server == null || server.getAddress().getClass() != bound.getAddress().getClass()) {
            socketRequests.add(SocketRequest.closeUdp(bound));
            return;
        }
        sockets.add(bound);
        binding = new StunBinding(bound, server, Retransmission.GATHERING, random, now);
        drain();
    }

    boolean receive(Datagram datagram, long now) {
        boolean ours = binding != null && binding.receive(datagram, now);
        if (ours) {
            drain();
        }
        return ours;
    }

    private void drain() {
        for (Datagram datagram; (datagram = binding.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
        if (own == null && binding.result() instanceof StunBinding.Result.Mapped mapped) {
            own = mapped.address();
            changed = true;
        }
    }

    /** The server that is being asked now, or {@code null}: its answers are ours. */
    InetSocketAddress asked() {
        return binding == null ? null : binding.server();
    }

    /** @param signalingRoundTrip nanoseconds, as far as is known */
    void handleTimeout(IceAgent agent, long signalingRoundTrip, long now) {
        boolean leads = agent.role() == IceRole.CONTROLLING;
        if (binding != null && binding.nextTimeout() <= now) {
            binding.handleTimeout(now);
            drain();
        }
        if (now >= at) {
            at = leads && round < MAX_ROUNDS ? now + ROUND + 3 * signalingRoundTrip : Machine.NEVER;
            if (leads && round < MAX_ROUNDS) {
                begin(round + 1);
                changed = true;
            }
        }
        boolean bothReady = own != null && theirs != null && theirs.round() == round && theirs.address() != null;
        if (leads && bothReady && !go) {
            go = true;
            changed = true;
            startAt = now + signalingRoundTrip / 2;
        }
        if (now >= startAt && bothReady) {
            startAt = Machine.NEVER;
            go = true;
            agent.pair(sockets.get(sockets.size() - 1), theirs.address(), now);
        }
    }

    /** Nothing more is to be tried: sockets that no path leaves from are closed. */
    void end(Set<InetSocketAddress> used) {
        over = true;
        at = Machine.NEVER;
        startAt = Machine.NEVER;
        binding = null;
        sockets.removeIf(socket -> {
            boolean close = !used.contains(socket);
            if (close) {
                socketRequests.add(SocketRequest.closeUdp(socket));
            }
            return close;
        });
    }

    boolean isRunning() {
        return !over && (round > 0 || at != Machine.NEVER);
    }

    /** What to tell the peer, or {@code null}. */
    Meeting meeting(IceRole role) {
        return round == 0 ? null : new Meeting(round, own, go && role == IceRole.CONTROLLING);
    }

    /** Whether there is something new to tell. */
    boolean pollChange() {
        boolean was = changed;
        changed = false;
        return was;
    }

    long nextTimeout() {
        long next = Math.min(at, startAt);
        return binding == null ? next : Math.min(next, binding.nextTimeout());
    }

    SocketRequest pollSocket() {
        return socketRequests.poll();
    }

    Datagram pollTransmit() {
        return transmits.poll();
    }
}
