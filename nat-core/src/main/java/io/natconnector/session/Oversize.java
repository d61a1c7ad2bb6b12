package io.natconnector.session;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Predicate;

/** Datagrams of the application that are longer than what is known to pass: they wait for as long as it takes to find out. */
final class Oversize {
    private static final int MOST = 256;
    private static final int MOST_BYTES = 1 << 19;
    /** After that nobody wants them any more. */
    private static final long PATIENCE = SECONDS.toNanos(1);

    private record Held(ByteBuf payload, long since) { }

    private final Queue<Held> held = new ArrayDeque<>(0);
    private int bytes;

    /** Keeps it; false where too many wait. Borrows it. */
    boolean hold(ByteBuf payload, long now) {
        if (held.size() == MOST || bytes + payload.readableBytes() > MOST_BYTES) {
            return false;
        }
        bytes += payload.readableBytes();
        held.add(new Held(payload.retain(), now));
        return true;
    }

    /**
     * More is known of what passes: lets all try again that have waited; those that have to go on waiting come back.
     *
     * @param sender borrows a datagram; false: it was dropped
     */
    void release(Predicate<ByteBuf> sender, long now) {
        int count = held.size();
        for (int i = 0; i < count; i++) {
            Held next = held.remove();
            bytes -= next.payload().readableBytes();
            if (now - next.since() <= PATIENCE) {
                sender.test(next.payload());
            }
            next.payload().release();
        }
    }

    void clear() {
        held.forEach(each -> each.payload().release());
        held.clear();
        bytes = 0;
    }
}
