package io.natconnector.stun;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Finds out how long a NAT keeps the binding of a socket that sends nothing (RFC 5780, section 4.6). Sockets get their bindings
 * together; each then stays silent for a time of its own, after which another socket asks the server to send to its mapped port
 * (RESPONSE-PORT). What arrives has passed a binding that still stood. So it takes as long as the longest of the times and some
 * seconds, whatever their number.
 *
 * <p>First of all one more socket is tried without waiting: if nothing arrives there either, the server, or the NAT, does not play
 * along, and the silence of the others would mean nothing.
 *
 * <p>All sockets must be fresh, and nothing else may use them meanwhile. Not thread-safe.
 */
public final class BindingLifetime implements Machine {
    /** What came of it. */
    public sealed interface Result {
        /**
         * The NAT keeps an idle binding for {@code alive} at least and not as long as {@code expired}.
         *
         * @param alive the longest time, in nanoseconds, after which the binding still stood; 0 when it did after none
         * @param expired the shortest after which it did not; {@link Machine#NEVER} when it did after all
         */
        record Found(long alive, long expired) implements Result { }

        /** The server, which answers, does not send to another port of ours, or its answer there does not get to us. */
        record Unsupported() implements Result { }

        /** No answer. Is UDP blocked? */
        record TimedOut() implements Result { }
    }

    /** How many sockets it needs beside one for each time: one that asks, one that does not wait. */
    public static final int FURTHER_SOCKETS = 2;

    private final InetSocketAddress asker;
    private final InetSocketAddress server;
    private final Retransmission schedule;
    private final RandomGenerator random;
    private final List<Watch> watches = new ArrayList<>();
    private Result result;

    /**
     * Starts: the first requests are ready to be polled.
     *
     * @param sockets local addresses, one for each time and {@value #FURTHER_SOCKETS} more
     * @param idle how long a binding is left alone, in nanoseconds each: above 0, in any order
     * @param server one that has a second address, and so knows RESPONSE-PORT
     * @param schedule of every single request
     * @throws IllegalArgumentException when numbers don't match
     */
    public BindingLifetime(List<InetSocketAddress> sockets, List<Long> idle, InetSocketAddress server, Retransmission schedule,
            RandomGenerator random, long now) {
        if (idle.isEmpty() || sockets.size() != idle.size() + FURTHER_SOCKETS || idle.stream().anyMatch(time -> time <= 0)) {
            throw new IllegalArgumentException(sockets.size() + " sockets for times of " + idle + " ns");
        }
        this.asker = sockets.get(0);
        this.server = server;
        this.schedule = schedule;
        this.random = random;
        watches.add(new Watch(sockets.get(1), 0, now));
        for (int i = 0; i < idle.size(); i++) {
            watches.add(new Watch(sockets.get(i + FURTHER_SOCKETS), idle.get(i), now));
        }
        watches.sort(Comparator.comparingLong(watch -> watch.idle));
    }

    /** What came of it, or {@code null} while that is open. */
    public Result result() {
        return result;
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        for (Watch watch : watches) {
            if (watch.receive(datagram, now)) {
                conclude();
                return true;
            }
        }
        return false;
    }

    @Override
    public void handleTimeout(long now) {
        watches.forEach(watch -> watch.handleTimeout(now));
        conclude();
    }

    /** What does not stand after a time does not after a longer one: nobody waits for that. */
    private void conclude() {
        long alive = 0;
        for (int i = 0; i < watches.size() && result == null; i++) {
            Watch watch = watches.get(i);
            if (watch.state == State.REFUSED || watch.state == State.SILENT && watch.mapped != null && i == 0) {
                result = new Result.Unsupported();
            } else if (watch.state == State.SILENT) {
                result = watch.mapped == null ? new Result.TimedOut() : new Result.Found(alive, watch.idle);
            } else if (watch.state != State.ALIVE) {
                return;
            }
            alive = watch.idle;
        }
        result = result == null ? new Result.Found(alive, NEVER) : result;
    }

    @Override
    public long nextTimeout() {
        long next = NEVER;
        for (Watch watch : watches) {
            next = Math.min(next, watch.nextTimeout());
        }
        return result == null ? next : NEVER;
    }

    @Override
    public Datagram pollTransmit() {
        for (Watch watch : watches) {
            Datagram datagram = result == null ? watch.pollTransmit() : null;
            if (datagram != null) {
                return datagram;
            }
        }
        return null;
    }

    private enum State { BINDING, IDLE, ASKING, ALIVE, SILENT, REFUSED }

    /** One binding that is left alone for its time. */
    private final class Watch {
        private final InetSocketAddress local;
        private final long idle;
        private final StunBinding binding;
        private final TransactionId id = TransactionId.random(random);
        private State state = State.BINDING;
        private InetSocketAddress mapped;
        private long askAt;
        private int due;
        private boolean pending;

        Watch(InetSocketAddress local, long idle, long now) {
            this.local = local;
            this.idle = idle;
            this.binding = new StunBinding(local, server, schedule, random, now);
        }

        boolean receive(Datagram datagram, long now) {
            if (binding.receive(datagram, now)) {
                bound(now);
                return true;
            }
            if (datagram.transport() != Transport.UDP || !datagram.from().equals(server) || !StunMessage.is(datagram.payload())
                    || !StunMessage.transactionId(datagram.payload()).equals(id)) {
                return false;
            }
            if (state == State.ASKING && datagram.to().equals(local)) {
                end(State.ALIVE);
            } else if (state == State.ASKING && datagram.to().equals(asker) && isRefusal(datagram)) {
                end(State.REFUSED);
            }
            return true;
        }

        private boolean isRefusal(Datagram datagram) {
            try {
                return StunMessage.parse(datagram.payload()).is(StunMethod.BINDING, StunClass.ERROR);
            } catch (StunException e) {
                return false;
            }
        }

        private void bound(long now) {
            if (state == State.BINDING && binding.result() instanceof StunBinding.Result.Mapped answer) {
                mapped = answer.address();
                state = State.IDLE;
                // A repetition that was on its way has begun the binding's time anew
                askAt = now + idle;
            } else if (state == State.BINDING && binding.result() != null) {
                end(binding.result() instanceof StunBinding.Result.TimedOut ? State.SILENT : State.REFUSED);
            }
            ask(now);
        }

        private void end(State how) {
            state = how;
            pending = false;
        }

        private void ask(long now) {
            if (state == State.IDLE && now >= askAt) {
                state = State.ASKING;
                askAt = now;
                due = 1;
                pending = true;
            }
        }

        void handleTimeout(long now) {
            binding.handleTimeout(now);
            bound(now);
            if (state == State.ASKING && now >= schedule.due(askAt, due)) {
                if (now >= schedule.due(askAt, schedule.count())) {
                    end(State.SILENT);
                } else {
                    due = schedule.dueBy(now - askAt);
                    pending = true;
                }
            }
        }

        long nextTimeout() {
            return switch (state) {
                case BINDING -> binding.nextTimeout();
                case IDLE -> askAt;
                case ASKING -> schedule.due(askAt, due);
                default -> NEVER;
            };
        }

        Datagram pollTransmit() {
            if (state == State.BINDING) {
                return binding.pollTransmit();
            }
            if (!pending) {
                return null;
            }
            pending = false;
            return Datagram.udp(asker, server, StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, id)
                    .put(StunAttribute.RESPONSE_PORT, mapped.getPort()).fingerprint());
        }
    }
}
