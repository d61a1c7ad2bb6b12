package io.natconnector.stun;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Asks one server over UDP under what address it sees one of our sockets (RFC 8489, section 2): a Binding request, repeated by a
 * schedule until it is answered.
 *
 * <p>Every sending is a transaction of its own, with its own id, and the first answer to any of them ends the machine. So the
 * round trip is exact even when requests were repeated; had they one id, nobody could tell which of them was answered (Karn's
 * problem), and with a schedule faster than the round trip no measurement would be left.
 *
 * <p>The request carries a FINGERPRINT and nothing else: 28 bytes. Not thread-safe.
 */
public final class StunBinding implements Machine {
    /** What came of it. */
    public sealed interface Result {
        /**
         * The server answered.
         *
         * @param address our address as the server sees it
         * @param roundTrip nanoseconds between the request and its answer
         */
        record Mapped(InetSocketAddress address, long roundTrip) implements Result { }

        /**
         * The server won't.
         *
         * @param alternate where to ask instead: with {@link ErrorCode#TRY_ALTERNATE} only, else {@code null}
         */
        record Refused(ErrorCode error, InetSocketAddress alternate) implements Result { }

        /** No answer to any sending. Is UDP blocked? */
        record TimedOut() implements Result { }
    }

    private final InetSocketAddress local;
    private final InetSocketAddress server;
    private final InetSocketAddress origin;                   // where the answer must come from
    private final int change;                                 // CHANGE-REQUEST, 0 for none
    private final Retransmission schedule;
    private final RandomGenerator random;
    private final long start;
    private final TransactionId[] ids;
    private final long[] sentAt;
    private int sent;                                         // entries of ids and sentAt in use
    private int due;                                          // sendings that the schedule has had; some may have been skipped
    private boolean pending;
    private Result result;
    private InetSocketAddress other;

    /**
     * Starts asking: the first request is ready to be polled.
     *
     * @param local the local address whose mapping is asked for, as it stands in the datagrams of its socket
     * @param random where transaction ids come from: cryptographic outside tests
     */
    public StunBinding(InetSocketAddress local, InetSocketAddress server, Retransmission schedule, RandomGenerator random,
            long now) {
        this(local, server, server, 0, schedule, random, now);
    }

    /** Asks the server to answer from elsewhere (RFC 5780, section 7.2). */
    StunBinding(InetSocketAddress local, InetSocketAddress server, InetSocketAddress origin, int change, Retransmission schedule,
            RandomGenerator random, long now) {
        this.local = Objects.requireNonNull(local, "local");
        this.server = Objects.requireNonNull(server, "server");
        this.origin = origin;
        this.change = change;
        this.schedule = schedule;
        this.random = random;
        this.start = now;
        this.ids = new TransactionId[schedule.count()];
        this.sentAt = new long[schedule.count()];
        send(now);
    }

    public InetSocketAddress local() {
        return local;
    }

    public InetSocketAddress server() {
        return server;
    }

    /** What came of it, or {@code null} while that is open. */
    public Result result() {
        return result;
    }

    /** The server's second address (RFC 5780, section 7.4), once it has told one; else {@code null}. */
    InetSocketAddress other() {
        return other;
    }

    /** Takes in the server's answer. One that comes after another is ours too and changes nothing. */
    @Override
    public boolean receive(Datagram datagram, long now) {
        boolean fromOrigin = datagram.from().equals(origin);  // from the server itself only errors, if not the same
        if (datagram.transport() != Transport.UDP || !fromOrigin && !datagram.from().equals(server)
                || !datagram.to().equals(local) || !StunMessage.is(datagram.payload())) {
            return false;
        }
        int sending = sendingOf(StunMessage.transactionId(datagram.payload()));
        if (sending < 0) {
            return false;
        }
        if (result == null) {
            try {
                result = read(StunMessage.parse(datagram.payload()), fromOrigin, now - sentAt[sending]);
            } catch (StunException e) {
                return true;                                  // ours, damaged: the schedule goes on
            }
            pending &= result == null;
        }
        return true;
    }

    private int sendingOf(TransactionId id) {
        for (int i = 0; i < sent; i++) {
            if (ids[i].equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** RFC 8489, sections 6.3.3 and 6.3.4; {@code null} for an answer that is to be discarded. */
    private Result read(StunMessage answer, boolean fromOrigin, long roundTrip) {
        if (!answer.unknownRequired().isEmpty()) {
            return null;
        }
        if (answer.is(StunMethod.BINDING, StunClass.SUCCESS)) {
            InetSocketAddress mapped = answer.get(StunAttribute.XOR_MAPPED_ADDRESS);
            // Servers of RFC 3489's time know only the plain form
            mapped = mapped == null ? answer.get(StunAttribute.MAPPED_ADDRESS) : mapped;
            if (mapped == null || !isUsable(mapped) || !fromOrigin) {
                return null;
            }
            other = answer.get(StunAttribute.OTHER_ADDRESS);
            other = other == null ? answer.get(StunAttribute.CHANGED_ADDRESS) : other;       // its name in RFC 3489
            return new Result.Mapped(mapped, roundTrip);
        }
        if (answer.is(StunMethod.BINDING, StunClass.ERROR)) {
            ErrorCode error = answer.get(StunAttribute.ERROR_CODE);
            return error == null ? null : new Result.Refused(error,
                    error.code() == ErrorCode.TRY_ALTERNATE ? answer.get(StunAttribute.ALTERNATE_SERVER) : null);
        }
        return null;
    }

    private static boolean isUsable(InetSocketAddress address) {
        return address.getPort() != 0 && !address.getAddress().isAnyLocalAddress() && !address.getAddress().isMulticastAddress();
    }

    @Override
    public void handleTimeout(long now) {
        if (now < nextTimeout()) {
            return;
        }
        if (now >= schedule.due(start, schedule.count())) {
            result = new Result.TimedOut();
            pending = false;
        } else {
            send(now);
        }
    }

    /** One request, however many are due: after a pause of the whole process they are not sent all at once. */
    private void send(long now) {
        ids[sent] = TransactionId.random(random);
        sentAt[sent++] = now;
        due = schedule.dueBy(now - start);
        pending = true;
    }

    @Override
    public long nextTimeout() {
        return result == null ? schedule.due(start, due) : NEVER;
    }

    @Override
    public Datagram pollTransmit() {
        if (!pending) {
            return null;
        }
        pending = false;
        StunWriter request = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, ids[sent - 1]);
        if (change != 0) {
            request.put(StunAttribute.CHANGE_REQUEST, change);
        }
        return Datagram.udp(local, server, request.fingerprint());
    }
}
