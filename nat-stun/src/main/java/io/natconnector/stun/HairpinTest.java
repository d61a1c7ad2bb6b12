package io.natconnector.stun;

import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;

/**
 * Whether a NAT lets a socket reach itself at its mapped address (RFC 5780, section 3.4; RFC 4787, REQ-9): sends there until that
 * comes back or the schedule has run out. Needs no server. Not thread-safe.
 */
public final class HairpinTest implements Machine {
    private final InetSocketAddress local;
    private final InetSocketAddress mapped;
    private final Retransmission schedule;
    private final TransactionId id;
    private final long start;
    private int due = 1;
    private boolean pending = true;
    private boolean timedOut;
    private boolean seen;

    /**
     * Starts with the first packet.
     *
     * @param local the socket's address as it stands in its datagrams
     * @param mapped the socket's address as servers see it
     */
    public HairpinTest(InetSocketAddress local, InetSocketAddress mapped, Retransmission schedule, RandomGenerator random,
            long now) {
        this.local = local;
        this.mapped = mapped;
        this.schedule = schedule;
        this.id = TransactionId.random(random);
        this.start = now;
    }

    /** Whether a packet has come back. */
    public boolean isSeen() {
        return seen;
    }

    /** Whether it has, or will not any more. */
    public boolean isOver() {
        return seen || timedOut;
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        boolean ours = datagram.transport() == Transport.UDP && datagram.to().equals(local)
                && StunMessage.is(datagram.payload())
                && StunMessage.type(datagram.payload()) == StunMethod.BINDING.type(StunClass.REQUEST)
                && StunMessage.transactionId(datagram.payload()).equals(id);
        seen |= ours;
        return ours;
    }

    @Override
    public void handleTimeout(long now) {
        if (isOver() || now < nextTimeout()) {
            return;
        }
        timedOut = now >= schedule.due(start, schedule.count());
        pending = !timedOut;
        due = schedule.dueBy(now - start);
    }

    @Override
    public long nextTimeout() {
        return isOver() ? NEVER : schedule.due(start, due);
    }

    @Override
    public Datagram pollTransmit() {
        if (!pending || isOver()) {
            return null;
        }
        pending = false;
        return Datagram.udp(local, mapped, StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, id).fingerprint());
    }
}
