package io.natconnector;

import io.natconnector.mdns.HiddenAddresses;
import io.natconnector.mdns.LocalNames;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Where the local network is asked for names, which blocks: threads that go when there is nothing to ask. */
final class NameThreads {
    private static final int MOST = 4;
    private static final int QUEUED = 16;
    private static final Executor THREADS = threads();

    private NameThreads() { }

    private static Executor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(MOST, MOST, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUED),
                new DefaultThreadFactory("nat-mdns", true));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Those of a connector; one that may use relays alone asks nobody. */
    static LocalNames localNames(ConnectorBuilder.Settings settings, Loop loop, ConnectorCounters counters) {
        return new LocalNames(
                name -> settings.relayOnly() ? List.of() : settings.localNameLookup().apply(name, addresses(settings)), THREADS,
                System::nanoTime, () -> loop.execute(counters.namesUnresolved::up),
                settings.hideLocalAddresses() ? new HiddenAddresses() : null);
    }

    private static List<InetAddress> addresses(ConnectorBuilder.Settings settings) {
        return settings.addresses().isEmpty() ? Interfaces.usable(List.of()) : settings.addresses();
    }
}
