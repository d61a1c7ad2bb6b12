package io.natconnector.session;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.natconnector.ice.IceAgent;
import io.natconnector.ice.IceRole;
import io.natconnector.nat.NatMapping;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Starts anew from fresh ports on both sides, at the same moment, where two NATs that should let each other in don't, or where it
 * takes fresh knowledge to foresee the ports of one that gives them out in order.
 *
 * <p>A plain Linux router that gets the peer's packet before our own has left takes another port for ours, and keeps doing so for
 * as long as the peer's packets come: it is poisoned. Only packets that cross in flight work. So both sides open a fresh socket
 * each, ask a STUN server how it looks from outside, tell each other, and then the controlling side says go: it starts half a
 * signalling round trip later, when the other side reads it.
 *
 * <p>Of a NAT that gives out ports in order the next ones are tried, as others may have taken some meanwhile. Where both do, the
 * controlling side knocks from many sockets at one of the ports that will be the other's, and the other one from one socket at all
 * the ports that these will have: whatever others have taken on either side, one of them meets.
 */
final class Rendezvous {
    private static final int MAX_ROUNDS = 3;
    /** How long ordinary checks are given first. */
    private static final long AFTER = MILLISECONDS.toNanos(700);
    /** A round that has not succeeded within this, and a signalling round trip, has failed. */
    private static final long ROUND = MILLISECONDS.toNanos(1_200);
    /** The same where ports have to be foreseen: what is known of them gets old. */
    private static final long AFTER_FORESIGHT = MILLISECONDS.toNanos(300);
    /** How many ports ahead are tried. */
    private static final int AHEAD = 16;
    /** Which of them is aimed at where both sides' ports move on: so many may be taken by others, on both sides together. */
    private static final int AIM = 12;

    private final RandomGenerator random;
    private final Supplier<InetSocketAddress> stunServer;
    private final Queue<SocketRequest> socketRequests = new ArrayDeque<>(0);
    private final Queue<Datagram> transmits = new ArrayDeque<>(0);
    private final List<InetSocketAddress> sockets = new ArrayList<>();
    private final List<InetSocketAddress> fresh = new ArrayList<>();     // those of this round; the first one has asked the server
    private InetAddress local;
    private Surroundings here = Surroundings.UNKNOWN;
    private Surroundings there = Surroundings.UNKNOWN;
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

    /** Where both NATs are easy, or can be foreseen, and there is no direct path after a while, fresh ports are tried. */
    void consider(Surroundings ours, Surroundings theirs, InetAddress localAddress, long now) {
        here = ours;
        there = theirs;
        if (local == null && isEasy(ours.nat()) && isEasy(theirs.nat())) {
            local = localAddress;
            at = now + (ours.nat() == theirs.nat() && ours.nat() == NatMapping.INDEPENDENT ? AFTER : AFTER_FORESIGHT);
        }
    }

    private static boolean isEasy(NatMapping nat) {
        return nat == NatMapping.INDEPENDENT || nat == NatMapping.SEQUENTIAL;
    }

    private boolean bothMoveOn() {
        return here.nat() == NatMapping.SEQUENTIAL && there.nat() == NatMapping.SEQUENTIAL;
    }

    void hear(Meeting meeting, InetAddress localAddress, long now) {
        if (meeting == null || over || meeting.round() > MAX_ROUNDS || meeting.round() < round) {
            return;
        }
        local = local == null ? localAddress : local;
        if (meeting.round() > round) {
            begin(meeting.round(), 1);
        }
        theirs = meeting;
        if (meeting.go() && own != null && startAt == Machine.NEVER && !go) {
            startAt = now;
        }
    }

    private void begin(int number, int count) {
        round = number;
        fresh.clear();
        own = null;
        theirs = null;
        binding = null;
        go = false;
        startAt = Machine.NEVER;
        for (int i = 0; i < count; i++) {
            opening++;
            socketRequests.add(SocketRequest.openUdp(new InetSocketAddress(local, 0)));
        }
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
        fresh.add(bound);
        if (fresh.size() == 1) {
            binding = new StunBinding(bound, server, Retransmission.GATHERING, random, now);
            drain();
        }
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
                begin(round + 1, bothMoveOn() ? AHEAD : 1);
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
            start(agent, leads, now);
        }
    }

    private void start(IceAgent agent, boolean leads, long now) {
        if (there.nat() != NatMapping.SEQUENTIAL) {
            agent.pair(fresh.get(0), theirs.address(), now);
        } else if (leads && bothMoveOn()) {
            fresh.forEach(socket -> ahead(AIM, port -> agent.pair(socket, port, now)));
        } else {
            for (int i = 1; i <= AHEAD; i++) {
                ahead(i, port -> agent.pair(fresh.get(0), port, now));
            }
        }
    }

    /** The port that the peer's NAT gives out so much later, if there is such a port. */
    private void ahead(int steps, Consumer<InetSocketAddress> aim) {
        int port = theirs.address().getPort() + steps * there.stride();
        if (port > 0 && port <= 65_535) {
            aim.accept(new InetSocketAddress(theirs.address().getAddress(), port));
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
