package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.LongTermCredential;
import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
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
    private enum State { ALLOCATING, ALLOCATED, CLOSING, ENDED }

    private final InetSocketAddress local;
    private final Retransmission schedule;
    private final Queue<Datagram> outbox = new ArrayDeque<>();
    private final Queue<RelayEvent> events = new ArrayDeque<>();
    private final RelayTransactions transactions;
    private final ClientPeers peers;
    private final AllocationTimes times;
    private final ClientData data;
    private RelayAccess access;
    private State state = State.ALLOCATING;
    private boolean redirected;
    private boolean familyTried;
    private InetSocketAddress relayed;
    private InetSocketAddress mapped;

    /**
     * @param local the address of the socket that all this goes over
     * @param random for transaction ids and jitter; a {@link java.security.SecureRandom} outside tests
     */
    public RelayClient(RelayAccess access, InetSocketAddress local, RandomGenerator random, long now) {
        this.access = access;
        this.local = local;
        this.schedule = access.transport().isReliable() ? AllocationTimes.FAST_RELIABLE : AllocationTimes.FAST;
        this.times = new AllocationTimes(random);
        this.transactions = new RelayTransactions(access, local, random, outbox);
        this.peers = new ClientPeers(transactions, schedule);
        this.data = new ClientData(peers, random, access.transport().isReliable());
        allocate(null, now);
    }

    /** Lets the peer's IP address send to us, and keeps that so until {@link #release}. Earlier than the allocation, it waits. */
    public void permit(InetSocketAddress peer, long now) {
        if (state == State.ALLOCATING) {
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
        if (state == State.ALLOCATED && canReach(peer)) {
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
            outbox.add(new Datagram(access.transport(), local, access.server(), frame));
        }
    }

    /** RFC 8656, section 7.2: a relayed IPv4 address reaches IPv4 peers only, an IPv6 one IPv6 peers. */
    private boolean canReach(InetSocketAddress peer) {
        return state == State.ALLOCATED && peer.getAddress() != null && peer.getPort() != 0
                && peer.getAddress().getClass() == relayed.getAddress().getClass();
    }

    /** Asks the relay whether the allocation still stands, for whoever has reason to doubt it: the answer is Lost, or nothing. */
    public void check(long now) {
        if (state == State.ALLOCATED && !transactions.has(StunMethod.REFRESH)) {
            start(new RelayTransaction(StunMethod.REFRESH, writer -> { }, null, schedule), now);
        }
    }

    /** Gives the allocation back. Goes on for as long as the relay has not answered, 3 s at most, and is then done. */
    public void close(long now) {
        if (state == State.ALLOCATED) {
            farewell(now);
        } else if (state == State.ALLOCATING) {
            state = State.CLOSING;                            // should the Allocate succeed yet, the farewell follows
        }
    }

    private void farewell(long now) {
        state = State.CLOSING;
        times.end();
        peers.clear();
        transactions.clear();
        Retransmission farewell = access.transport().isReliable() ? schedule : AllocationTimes.FAREWELL;
        start(new RelayTransaction(StunMethod.REFRESH, writer -> writer.put(StunAttribute.LIFETIME, 0), null, farewell), now);
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
        return state == State.ENDED;
    }

    public boolean isAllocated() {
        return state == State.ALLOCATED;
    }

    /** The address that peers send to, or {@code null} before there is one. */
    public InetSocketAddress relayed() {
        return relayed;
    }

    /** Our address as the relay sees it, or {@code null} before it said so. */
    public InetSocketAddress mapped() {
        return mapped;
    }

    /** The relay; another one than asked for where that one sent us on. */
    public InetSocketAddress server() {
        return access.server();
    }

    public InetSocketAddress local() {
        return local;
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
        return outbox.poll();
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (state == State.ENDED || !datagram.from().equals(access.server()) || !datagram.to().equals(local)
                || datagram.transport() != access.transport()) {
            return false;
        }
        ByteBuf payload = datagram.payload();
        if (ChannelData.is(payload)) {
            boolean ours = data.receive(payload, relayed, now);
            if (ours) {
                times.received(now);
            }
            return ours;
        }
        return StunMessage.is(payload) && receiveStun(payload, now);
    }

    private boolean receiveStun(ByteBuf payload, long now) {
        StunMessage message;
        try {
            message = StunMessage.parse(payload);
        } catch (StunException e) {
            data.drop();
            return false;
        }
        return switch (message.stunClass()) {
            case REQUEST -> false;
            case INDICATION -> message.method() == StunMethod.DATA && receiveData(message, now);
            case SUCCESS, ERROR -> receiveAnswer(message, now);
        };
    }

    private boolean receiveData(StunMessage indication, long now) {
        if (data.receive(indication, relayed, now)) {
            times.received(now);
        }
        return true;
    }

    /** Known transaction first, proof next, only then state. */
    private boolean receiveAnswer(StunMessage answer, long now) {
        RelayTransaction transaction = transactions.find(answer);
        if (transaction == null) {
            return false;
        }
        ErrorCode error = answer.stunClass() == StunClass.ERROR ? answer.get(StunAttribute.ERROR_CODE) : null;
        if (!transactions.verify(answer, transaction) || answer.stunClass() == StunClass.ERROR && error == null) {
            transaction.hint = error;
            data.drop();
            return true;
        }
        times.received(now);
        if (LongTermCredential.isChallenge(answer) && transaction.method != StunMethod.BINDING) {
            boolean useless = state == State.CLOSING && transaction.method == StunMethod.ALLOCATE;
            if (useless || !transactions.retry(answer, transaction, now)) {
                end(RelayFailure.UNAUTHORIZED, RelayFailure.UNAUTHORIZED.advice(error));
            }
            return true;
        }
        transactions.remove(transaction);
        switch (transaction.method) {
            case ALLOCATE -> allocateAnswered(transaction, answer, error, now);
            case REFRESH -> refreshAnswered(answer, error, now);
            case BINDING -> keepAliveAnswered(answer, now);
            default -> peerAnswered(transaction, error, now);
        }
        return true;
    }

    private void allocateAnswered(RelayTransaction transaction, StunMessage answer, ErrorCode error, long now) {
        if (error != null) {
            allocateRefused(answer, error, now);
            return;
        }
        relayed = answer.get(StunAttribute.XOR_RELAYED_ADDRESS);
        mapped = answer.get(StunAttribute.XOR_MAPPED_ADDRESS);
        if (relayed == null || mapped == null) {
            end(RelayFailure.REFUSED, "the relay's success answer lacks its addresses");
        } else if (state == State.CLOSING) {
            farewell(now);
        } else {
            state = State.ALLOCATED;
            long lifetime = AllocationTimes.lifetimeOf(answer);
            times.begin(now);
            times.granted(lifetime, now);
            events.add(new RelayEvent.Allocated(relayed, mapped, lifetime, now - transaction.start));
            for (InetSocketAddress peer : peers.takeRemembered()) {
                permit(peer, now);
            }
        }
    }

    private void allocateRefused(StunMessage answer, ErrorCode error, long now) {
        InetSocketAddress alternate = answer.get(StunAttribute.ALTERNATE_SERVER);
        if (state == State.ALLOCATING && error.code() == ErrorCode.TRY_ALTERNATE && !redirected && access.mayMoveTo(alternate)) {
            redirected = true;
            access = access.at(alternate);
            transactions.moveTo(access);
            allocate(null, now);
        } else if (state == State.ALLOCATING && error.code() == ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED && !familyTried) {
            familyTried = true;                               // RFC 8656, section 7.1: without a wish we were offered IPv4
            allocate(AddressFamily.IPV6, now);
        } else {
            RelayFailure reason = RelayFailure.of(error.code());
            end(reason, reason.advice(error) + (alternate == null ? "" : ": " + alternate));
        }
    }

    private void refreshAnswered(StunMessage answer, ErrorCode error, long now) {
        if (state == State.CLOSING) {
            end(null, null);
        } else if (error == null) {
            times.granted(AllocationTimes.lifetimeOf(answer), now);
        } else {
            RelayFailure reason = RelayFailure.of(error.code());
            end(reason, reason.advice(error));
        }
    }

    /** That we have moved is not proven by this; but the relay, asked with proof, will say what became of the allocation. */
    private void keepAliveAnswered(StunMessage answer, long now) {
        InetSocketAddress seen = answer.get(StunAttribute.XOR_MAPPED_ADDRESS);
        if (seen != null && !seen.equals(mapped)) {
            check(now);
        }
    }

    private void peerAnswered(RelayTransaction transaction, ErrorCode error, long now) {
        if (error == null) {
            peers.granted(transaction);
        } else if (error.code() == ErrorCode.ALLOCATION_MISMATCH) {
            end(RelayFailure.MISMATCH, RelayFailure.MISMATCH.advice(error));
        } else {
            RelayFailure reason = RelayFailure.of(error.code());
            InetAddress peer = peers.refused(transaction, error.code(), now);
            events.add(new RelayEvent.PeerRefused(peer, reason, reason.advice(error)));
        }
    }

    @Override
    public void handleTimeout(long now) {
        for (RelayTransaction silent; (silent = transactions.handleTimeout(now)) != null;) {
            if (state == State.ALLOCATED && silent.hint == null && times.hasReceivedSince(silent.start)) {
                start(silent, now);                           // the relay is there and only this went astray
                continue;
            }
            RelayFailure reason = silent.hint == null ? RelayFailure.NO_RESPONSE : RelayFailure.of(silent.hint.code());
            end(reason, silent.hint == null ? reason.advice() : reason.advice(silent.hint));
        }
        if (state != State.ALLOCATED) {
            return;
        }
        if (times.takeRefresh(now)) {
            check(now);
        }
        peers.handleTimeout(now);
        if (times.takeKeepAlive(now) && transactions.size() == 0) {
            start(new RelayTransaction(StunMethod.BINDING, writer -> { }, null, schedule), now);
        }
    }

    @Override
    public long nextTimeout() {
        return Math.min(times.next(), Math.min(peers.nextTimeout(), transactions.nextTimeout()));
    }

    private void allocate(AddressFamily family, long now) {
        start(new RelayTransaction(StunMethod.ALLOCATE, writer -> {
            writer.put(StunAttribute.REQUESTED_TRANSPORT, AllocateRequest.UDP);
            if (family != null) {
                writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, family.number());
            }
        }, null, schedule), now);
    }

    private void start(RelayTransaction transaction, long now) {
        times.sent(now);
        transactions.start(transaction, now);
    }

    /** Forgets everything at once, what is queued included, and lets the relay find out by itself: for a driver that goes away. */
    public void abandon() {
        state = State.CLOSING;
        end(null, null);
        for (Datagram left; (left = outbox.poll()) != null || (left = data.pollReceived()) != null;) {
            left.payload().release();
        }
    }

    private void end(RelayFailure reason, String advice) {
        if (state == State.ALLOCATING) {
            events.add(new RelayEvent.Failed(reason, advice));
        } else if (state == State.ALLOCATED) {
            events.add(new RelayEvent.Lost(reason, advice));
        }
        state = State.ENDED;
        times.end();
        transactions.clear();
        peers.clear();
    }
}
