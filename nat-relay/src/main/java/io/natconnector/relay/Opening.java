package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * An allocation whose sockets are not open yet. A port that turns out to be taken is replaced by another, some times; then the
 * client is told that there is no room.
 */
final class Opening {
    private static final int TRIES = 8;

    private final RelayHub hub;
    private final Reservations reservations;
    private final Allocation allocation;
    private final Exchange exchange;
    private final AllocateRequest request;
    /** Sockets that were asked for together, and those of them that are open. */
    private final List<RelaySocket> awaited = new ArrayList<>(2);
    private final List<RelaySocket> open = new ArrayList<>(2);
    private int tries;
    private boolean additional;

    Opening(RelayHub hub, Reservations reservations, Allocation allocation, Exchange exchange, AllocateRequest request) {
        this.hub = hub;
        this.reservations = reservations;
        this.allocation = allocation;
        this.exchange = exchange;
        this.request = request;
    }

    void start(long now) {
        PortPool pool = hub.pool(additional ? AddressFamily.IPV6 : request.family());
        boolean pair = request.pair() && !additional;
        int port = pool == null ? PortPool.NONE : pair ? pool.takePair() : request.even() ? pool.takeEven() : pool.take();
        if (port == PortPool.NONE) {
            impossible(pool == null ? ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED : ErrorCode.INSUFFICIENT_CAPACITY, now);
            return;
        }
        open.clear();
        awaited.add(new RelaySocket(hub, pool, request.transport(), request.dontFragment(), port, this));
        if (pair) {
            awaited.add(new RelaySocket(hub, pool, request.transport(), request.dontFragment(), port + 1, this));
        }
        List.copyOf(awaited).forEach(hub::open);
    }

    void opened(RelaySocket socket, boolean success, long now) {
        awaited.remove(socket);
        if (success) {
            open.add(socket);
        }
        if (!awaited.isEmpty()) {
            return;
        }
        if (open.size() == (request.pair() && !additional ? 2 : 1)) {
            take(now);
        } else {
            open.forEach(hub::close);
            if (++tries < TRIES) {
                start(now);
            } else {
                impossible(ErrorCode.INSUFFICIENT_CAPACITY, now);
            }
        }
    }

    private void take(long now) {
        for (RelaySocket socket : open) {
            if (request.pair() && (socket.local().getPort() & 1) != 0) {
                allocation.hold(reservations.hold(allocation.owner.username(), socket, now));
            } else {
                allocation.add(socket);
            }
        }
        open.clear();
        if (request.both() && !additional) {
            additional = true;
            tries = 0;
            start(now);
        } else {
            finish(now);
        }
    }

    /** With the socket of a reservation there is nothing to open. */
    void finishWith(RelaySocket held, long now) {
        allocation.add(held);
        finish(now);
    }

    private void finish(long now) {
        allocation.begun(now);
        hub.counters.allocations++;
        hub.transmit(allocation.answer(exchange));
    }

    /** RFC 8656, section 7.2: without the first address there is no allocation; without the additional one there is. */
    private void impossible(int code, long now) {
        if (additional) {
            allocation.additionalFailed(code);
            finish(now);
            return;
        }
        allocation.opening(null);
        allocation.delete();
        hub.counters.refuse(code);
        hub.transmit(exchange.end(exchange.error(code)));
    }

    /** Nobody waits any more; sockets that open later are closed again. */
    void cancel() {
        awaited.forEach(hub::close);
        open.forEach(hub::close);
        awaited.clear();
        open.clear();
    }
}
