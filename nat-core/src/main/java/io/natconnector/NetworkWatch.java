package io.natconnector;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Looks every now and then whether this machine's addresses are still the same, and whether it has slept. The JDK does not tell
 * when they change, so there is nothing for it but to ask; the asking is done off the event loop.
 */
final class NetworkWatch {
    private static final long INTERVAL_SECONDS = 2;
    /** The two clocks drift by less than this unless the machine slept or somebody set the wall clock; either way a look is due. */
    private static final long SLEPT = SECONDS.toMillis(10);

    /** What there is to do about it; called on the event loop. */
    interface Listener {
        void addresses(List<InetAddress> usable);

        void awoke();
    }

    private final EventLoop loop;
    private final Supplier<List<InetAddress>> addresses;
    private final Listener listener;
    private ScheduledFuture<?> timer;
    private List<InetAddress> known;
    private long clocks = difference();

    NetworkWatch(EventLoop loop, Supplier<List<InetAddress>> addresses, List<InetAddress> known, Listener listener) {
        this.loop = loop;
        this.addresses = addresses;
        this.known = known;
        this.listener = listener;
    }

    void start() {
        timer = loop.scheduleWithFixedDelay(this::look, INTERVAL_SECONDS, INTERVAL_SECONDS, SECONDS);
    }

    /** One look; on the event loop. */
    void look() {
        long now = difference();
        if (Math.abs(now - clocks) > SLEPT) {
            listener.awoke();
        }
        clocks = now;
        CompletableFuture.supplyAsync(addresses).thenAccept(usable -> {
            try {
                loop.execute(() -> compare(usable));
            } catch (RejectedExecutionException e) {
                // the loop has ended, and with it whoever wanted to know
            }
        });
    }

    private void compare(List<InetAddress> usable) {
        if (timer != null && !usable.isEmpty() && !usable.equals(known)) {
            known = usable;
            listener.addresses(usable);
        }
    }

    private static long difference() {
        return System.currentTimeMillis() - NANOSECONDS.toMillis(System.nanoTime());
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
