package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * The client of one allocation on one relay (RFC 8656). It begins to allocate when it is made: drain {@link #pollTransmit}.
 *
 * <p>{@link #receive} takes what belongs to the allocation and leaves everything else on the same socket to others, answers to
 * their Binding requests to the same server included. What peers sent is polled from {@link #pollReceived}.
 *
 * <p>After {@link RelayEvent.Failed}, {@link RelayEvent.Lost} or {@link #close} a client does nothing any more; there is no way
 * back, as an allocation that was lost must be made anew from another port anyway.
 *
 * <p>Not thread-safe, as every {@link Machine}.
 */
public final class RelayClient implements Machine {
    private static final long QUIET = SECONDS.toNanos(1);
    /** Who sends one datagram in a while is not to ask each time. */
    private static final long ANSWERS_TAKE = MILLISECONDS.toNanos(100);

    private final ClientWay way;
    private final Queue<RelayEvent> events = new ArrayDeque<>();
    private final RelayTransactions transactions;
    private final ClientPeers peers;
    private final AllocationTimes times;
    private final ClientAllocation allocation;
    private final ClientData data;
    private final ClientLife life;

    /** Asks for what {@link AllocateOptions#DEFAULT} asks for. */
    public RelayClient(RelayAccess access, InetSocketAddress local, RandomGenerator random, long now) {
        this(access, AllocateOptions.DEFAULT, local, random, now);
    }

    /**
     * @param local the address of the socket that all this goes over
     * @param random for transaction ids and jitter; a {@link java.security.SecureRandom} outside tests
     */
    public RelayClient(RelayAccess access, AllocateOptions options, InetSocketAddress local, RandomGenerator random, long now) {
        this.way = new ClientWay(access, local);
        this.times = new AllocationTimes(random);
        this.allocation = new ClientAllocation(options, times);
        this.transactions = new RelayTransactions(way, random);
        this.peers = new ClientPeers(transactions, way.schedule());
        this.data = new ClientData(peers, events, random, way.isReliable(), options.dontFragment());
        this.life = new ClientLife(way, allocation, times, transactions, peers, events, random);
        life.allocate(now);
    }

    /** Lets the peer's IP address send to us, and keeps that so until {@link #release}. Earlier than the allocation, it waits. */
    public void permit(InetSocketAddress peer, long now) {
        if (life.isAllocating()) {
            peers.remember(peer);
        } else if (canReach(peer)) {
            peers.pin(peer, now);
        }
    }

    /** Lets a permission and the channels that rest on it run out once nothing passes any more. */
    public void release(InetSocketAddress peer) {
        peers.unpin(peer);
    }

    /** Asks for a channel to the peer, and so for its permission; data goes on it as soon as the relay has agreed. */
    public void bindChannel(InetSocketAddress peer, long now) {
        if (canReach(peer)) {
            peers.bind(peer, now);
        }
    }

    /**
     * Sends a payload to the peer: on its channel when there is one, else as an indication, right behind the request for the
     * permission where that is missing. Dropped, as datagrams may be, when there is no allocation or the relay refuses the peer.
     *
     * @param payload borrowed, but not to be written to again before it has left: it may be sent from where it is, with the frame
     *        put into its headroom
     */
    public void send(InetSocketAddress peer, ByteBuf payload, long now) {
        ByteBuf frame = canReach(peer) ? data.wrap(peer, payload, now) : data.drop();
        if (frame != null) {
            times.sent(now);
            way.send(frame);
        }
    }

    /** RFC 8656, section 7.2: a relayed IPv4 address reaches IPv4 peers only, an IPv6 one IPv6 peers. */
    private boolean canReach(InetSocketAddress peer) {
        return life.isAllocated() && allocation.reaches(peer);
    }

    /** Asks the relay whether the allocation still stands, for whoever has reason to doubt it: the answer is Lost, or nothing. */
    public void check(long now) {
        life.check(now);
    }

    /**
     * The same for somebody who sends, when nothing at all has come from the relay for a second, nor anything to what was sent
     * before: it may have been started anew, and throw away what it gets. Asks once in ten seconds at most, and costs nothing else.
     */
    public void checkIfQuiet(long now) {
        boolean quiet = !times.hasReceivedSince(now - QUIET) && times.hasWaited(ANSWERS_TAKE, now);
        if (quiet && life.isAllocated() && times.takeHint(now)) {
            life.check(now);
        }
    }

    /**
     * Goes on from another address of ours, with the same relayed address (RFC 8016): the relay is shown the ticket that it gave.
     * What it still sends to the old address is taken in until it has heard of us at the new one; then {@link RelayEvent.Moved}
     * follows.
     *
     * @return false where there is no allocation to take along, or the relay gave no ticket; see {@link AllocateOptions#mobility}
     */
    public boolean move(InetSocketAddress another, long now) {
        return life.move(another, now);
    }

    /** Gives the allocation back. Goes on for as long as the relay has not answered, 3 s at most, and is then done. */
    public void close(long now) {
        life.close(now);
    }

    /**
     * Sets how often an unused way to the relay is tried, in nanoseconds; 20 s unless set. Longer where somebody else knows when
     * the way is needed, and uses it then: what is sent over the relay opens the NATs in between again.
     */
    public void keepAlive(long interval) {
        times.keepAlive(interval);
    }

    /** Whether nothing more will come of it: failed, lost, or closed to the end. */
    public boolean isEnded() {
        return life.isEnded();
    }

    public boolean isAllocated() {
        return life.isAllocated();
    }

    /** The address that peers send to, or {@code null} before there is one; of two the first. */
    public InetSocketAddress relayed() {
        return allocation.relayed().isEmpty() ? null : allocation.relayed().get(0);
    }

    /** All addresses that peers send to: two where both families were asked for and granted, none before there are any. */
    public List<InetSocketAddress> relayedAddresses() {
        return allocation.relayed();
    }

    /** What to show for the port that is held besides, within 30 s, or {@code null}; see {@link AllocateOptions#reserveNext}. */
    public Long reservationToken() {
        return allocation.reservationToken();
    }

    /** Our address as the relay sees it, or {@code null} before it said so. */
    public InetSocketAddress mapped() {
        return allocation.mapped();
    }

    /** The relay; another one than asked for where that one sent us on. */
    public InetSocketAddress server() {
        return way.access().server();
    }

    public InetSocketAddress local() {
        return way.local();
    }

    public RelayClientStatistics statistics() {
        return data.statistics(transactions);
    }

    /** The next event, or {@code null}. */
    public RelayEvent pollEvent() {
        return events.poll();
    }

    /** The next payload from a peer: from its address to the relayed one, or {@code null}. The buffer is the caller's. */
    public Datagram pollReceived() {
        return data.pollReceived();
    }

    @Override
    public Datagram pollTransmit() {
        return way.poll();
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (life.isEnded() || !way.has(datagram)) {
            return false;
        }
        ByteBuf payload = datagram.payload();
        if (ChannelData.is(payload)) {
            return noted(data.receive(payload, allocation, now), now);
        }
        if (!StunMessage.is(payload)) {
            return false;
        }
        StunMessage message;
        try {
            message = StunMessage.parse(payload);
        } catch (StunException e) {
            data.drop();
            return false;
        }
        return switch (message.stunClass()) {
            case REQUEST -> false;
            case INDICATION -> receiveIndication(message, now);
            case SUCCESS, ERROR -> life.receive(message, now);
        };
    }

    private boolean receiveIndication(StunMessage indication, long now) {
        if (indication.method() == StunMethod.BINDING) {
            // From a relay that is going out of service; but anybody may have sent it, so the relay is asked
            if (times.takeHint(now)) {
                check(now);
            }
        } else if (indication.method() != StunMethod.DATA) {
            return false;
        } else {
            noted(data.receive(indication, allocation, now), now);
        }
        return true;
    }

    /** The relay is there. */
    private boolean noted(boolean believed, long now) {
        if (believed) {
            times.received(now);
        }
        return believed;
    }

    @Override
    public void handleTimeout(long now) {
        life.handleTimeout(now);
    }

    @Override
    public long nextTimeout() {
        return Math.min(times.next(), Math.min(peers.nextTimeout(), transactions.nextTimeout()));
    }

    /** Forgets everything at once, what is queued included, and lets the relay find out by itself: for a driver that goes away. */
    public void abandon() {
        life.abandon();
        for (Datagram left; (left = way.poll()) != null || (left = data.pollReceived()) != null;) {
            left.payload().release();
        }
    }
}
