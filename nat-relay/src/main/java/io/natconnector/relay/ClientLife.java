package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.LongTermCredential;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** How far the client of an allocation has come, and what the relay's answers make of it. */
final class ClientLife {
    private enum State { ALLOCATING, ALLOCATED, CLOSING, ENDED }

    /** Marks the Refresh that shows the ticket. */
    private static final Object MOVE = new Object();
    private static final Consumer<StunWriter> NOTHING = writer -> { };

    private final ClientWay way;
    private final ClientAllocation allocation;
    private final AllocationTimes times;
    private final RelayTransactions transactions;
    private final ClientPeers peers;
    private final Queue<RelayEvent> events;
    private final RandomGenerator random;
    private State state = State.ALLOCATING;

    ClientLife(ClientWay way, ClientAllocation allocation, AllocationTimes times, RelayTransactions transactions, ClientPeers peers,
            Queue<RelayEvent> events, RandomGenerator random) {
        this.way = way;
        this.allocation = allocation;
        this.times = times;
        this.transactions = transactions;
        this.peers = peers;
        this.events = events;
        this.random = random;
    }

    boolean isAllocating() {
        return state == State.ALLOCATING;
    }

    boolean isAllocated() {
        return state == State.ALLOCATED;
    }

    boolean isEnded() {
        return state == State.ENDED;
    }

    void allocate(long now) {
        ask(StunMethod.ALLOCATE, allocation::write, null, way.schedule(), now);
    }

    /** Asks whether the allocation still stands. */
    void check(long now) {
        if (state == State.ALLOCATED && !transactions.has(StunMethod.REFRESH)) {
            ask(StunMethod.REFRESH, NOTHING, null, way.schedule(), now);
        }
    }

    /** Shows the relay the ticket, from another address of ours; false when there is none to show. */
    boolean move(InetSocketAddress another, long now) {
        byte[] ticket = allocation.ticket();
        if (state != State.ALLOCATED || ticket == null || another.equals(way.local())) {
            return false;
        }
        way.leaveFrom(another);
        allocation.moving();
        transactions.cancel(StunMethod.REFRESH);
        ask(StunMethod.REFRESH, writer -> writer.putBytes(StunAttribute.MOBILITY_TICKET, ticket), MOVE, way.schedule(), now);
        return true;
    }

    void close(long now) {
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
        ask(StunMethod.REFRESH, writer -> writer.put(StunAttribute.LIFETIME, 0), null,
                way.isReliable() ? way.schedule() : AllocationTimes.FAREWELL, now);
    }

    private void ask(StunMethod method, Consumer<StunWriter> attributes, Object subject, Retransmission schedule, long now) {
        start(new RelayTransaction(method, attributes, subject, schedule), now);
    }

    private void start(RelayTransaction transaction, long now) {
        times.sent(now);
        transactions.start(transaction, now);
    }

    /** An answer to one of our requests, or not. Known transaction first, proof next, only then state. */
    boolean receive(StunMessage answer, long now) {
        RelayTransaction transaction = transactions.find(answer);
        if (transaction == null) {
            return false;
        }
        ErrorCode error = answer.stunClass() == StunClass.ERROR ? answer.get(StunAttribute.ERROR_CODE) : null;
        if (!transactions.verify(answer, transaction) || answer.stunClass() == StunClass.ERROR && error == null) {
            transaction.hint = error;
            transactions.disbelieve();
            return true;
        }
        times.received(now);
        if (LongTermCredential.isChallenge(answer) && transaction.method != StunMethod.BINDING) {
            boolean useless = state == State.CLOSING && transaction.method == StunMethod.ALLOCATE;
            if (useless || !transactions.retry(answer, transaction, now)) {
                end(error);
            }
            return true;
        }
        boolean unknown = error != null && error.code() == ErrorCode.ALLOCATION_MISMATCH && state == State.ALLOCATED;
        if (unknown && way.isMoving() && transaction.subject != MOVE) {
            return true;                                      // the relay does not know us here yet; asked again, it will
        }
        transactions.remove(transaction);
        if (unknown) {
            end(error);
        } else {
            answered(transaction, answer, error, now);
        }
        return true;
    }

    private void answered(RelayTransaction transaction, StunMessage answer, ErrorCode error, long now) {
        switch (transaction.method) {
            case ALLOCATE -> {
                if (error == null) {
                    allocated(answer, now - transaction.start, now);
                } else {
                    refused(answer, error, now);
                }
            }
            case REFRESH -> refreshed(transaction, answer, error, now);
            case BINDING -> {
                // That we have moved is not proven by this; but the relay, asked with proof, will say what became of the allocation
                if (allocation.isSeenElsewhere(answer.get(StunAttribute.XOR_MAPPED_ADDRESS))) {
                    check(now);
                }
            }
            default -> tell(peers.answered(transaction, error, now));
        }
    }

    private void allocated(StunMessage answer, long roundTrip, long now) {
        RelayEvent.Allocated event = allocation.begin(answer, roundTrip, now);
        if (event == null) {
            end(RelayFailure.REFUSED, "the relay's success answer lacks its addresses");
        } else if (state == State.CLOSING) {
            farewell(now);
        } else {
            state = State.ALLOCATED;
            tell(event);
            for (InetSocketAddress peer : peers.takeRemembered()) {
                if (allocation.reaches(peer)) {
                    peers.pin(peer, now);
                }
            }
        }
    }

    private void refused(StunMessage answer, ErrorCode error, long now) {
        InetSocketAddress alternate = answer.get(StunAttribute.ALTERNATE_SERVER);
        boolean redirected = state == State.ALLOCATING && error.code() == ErrorCode.TRY_ALTERNATE && way.redirect(alternate);
        if (redirected) {
            transactions.redirected();
        }
        if (redirected || state == State.ALLOCATING && allocation.settlesForLess(error)) {
            allocate(now);
        } else {
            RelayFailure reason = RelayFailure.of(error.code());
            end(reason, reason.advice(error) + (alternate == null ? "" : ": " + alternate));
        }
    }

    private void refreshed(RelayTransaction transaction, StunMessage answer, ErrorCode error, long now) {
        if (state == State.CLOSING) {
            end(null, null);
        } else if (error == null) {
            if (transaction.subject == MOVE) {
                moved(answer);
            }
            tell(allocation.refreshed(answer, way.access(), now));
        } else {
            end(error);
        }
    }

    /** RFC 8016, section 3.2: the relay sends to the new address once it has got data from there. This has none, but is such. */
    private void moved(StunMessage answer) {
        allocation.moved(answer);
        way.moved();
        ByteBuf nothing = StunWriter.write(StunMethod.SEND, StunClass.INDICATION, TransactionId.random(random)).end();
        way.send(nothing);
        tell(new RelayEvent.Moved(way.local()));
    }

    private void tell(RelayEvent event) {
        if (event != null) {
            events.add(event);
        }
    }

    void handleTimeout(long now) {
        for (RelayTransaction silent; (silent = transactions.handleTimeout(now)) != null;) {
            if (state == State.ALLOCATED && silent.hint == null && times.hasReceivedSince(silent.start)) {
                start(silent, now);                           // the relay is there and only this went astray
            } else {
                end(silent.hint);
            }
        }
        if (state != State.ALLOCATED) {
            return;
        }
        if (times.takeRefresh(now)) {
            check(now);
        }
        peers.handleTimeout(now);
        if (times.takeKeepAlive(now) && transactions.size() == 0) {
            ask(StunMethod.BINDING, NOTHING, null, way.schedule(), now);
        }
    }

    void abandon() {
        state = State.CLOSING;
        end(null, null);
    }

    /** @param error what the relay said, or {@code null} when it said nothing */
    private void end(ErrorCode error) {
        RelayFailure reason = error == null ? RelayFailure.NO_RESPONSE : RelayFailure.of(error.code());
        end(reason, error == null ? reason.advice() : reason.advice(error));
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
