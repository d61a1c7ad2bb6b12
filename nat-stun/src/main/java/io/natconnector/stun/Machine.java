package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * A protocol without sockets, clocks, threads or randomness of its own. What it must know of the world is handed in: datagrams,
 * the time, a source of randomness at construction. What it wants of the world is polled out.
 *
 * <p><b>The driver's duty.</b> After every call that may change a machine, drain {@link #pollTransmit} until it answers
 * {@code null}, drain the machine's own {@code pollEvent()} likewise, and arm one timer for {@link #nextTimeout}. Nothing is
 * called back from inside a machine, so re-entry cannot happen.
 *
 * <p><b>Time</b> is nanoseconds of a monotonic clock with an arbitrary origin, never negative, never going back; never wall time.
 *
 * <p><b>Buffers.</b> {@link #receive} only borrows the payload: the caller releases it afterwards whatever the answer was, and a
 * machine that keeps or forwards it retains it. A datagram from {@link #pollTransmit} belongs to the caller, who releases it.
 *
 * <p><b>Threading.</b> One thread at a time; a machine has no locks and no volatile fields.
 */
public interface Machine {
    /** The deadline of a machine that waits for nothing. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Takes in one datagram. Malformed or foreign input never throws and never changes state.
     *
     * @return whether the datagram was this machine's; if not, it is the next layer's
     */
    boolean receive(Datagram datagram, long now);

    /** The same for a datagram that came by UDP, for drivers of machines that take in so many that no object is made for each. */
    default boolean receive(InetSocketAddress from, InetSocketAddress to, ByteBuf payload, long now) {
        return receive(Datagram.udp(from, to, payload), now);
    }

    /** Does what is due at {@code now}. Harmless when nothing is: timers may fire early or late. */
    void handleTimeout(long now);

    /** When {@link #handleTimeout} wants to be called next, or {@link #NEVER}. */
    long nextTimeout();

    /** The next datagram to send, or {@code null} when there is none. */
    Datagram pollTransmit();
}
