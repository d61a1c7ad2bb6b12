package io.natconnector;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetworkWatchTest {
    private final EventLoop loop = new DefaultEventLoop();
    private final AtomicReference<List<InetAddress>> addresses = new AtomicReference<>(List.of(address(1)));
    private final BlockingQueue<List<InetAddress>> told = new LinkedBlockingQueue<>();
    private final NetworkWatch watch = new NetworkWatch(loop, addresses::get, addresses.get(), new NetworkWatch.Listener() {
        @Override
        public void addresses(List<InetAddress> usable) {
            told.add(usable);
        }

        @Override
        public void awoke() {
            throw new AssertionError("nobody slept");
        }
    });

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void end() throws Exception {
        loop.submit(watch::stop).get(5, SECONDS);
        loop.shutdownGracefully(0, 1, SECONDS).await(5, SECONDS);
    }

    @Test
    void tellsOfAddressesOnceEachTimeThatTheyChange() throws Exception {
        loop.submit(watch::start).get(5, SECONDS);
        loop.submit(watch::look).get(5, SECONDS);

        addresses.set(List.of(address(2), address(3)));
        loop.submit(watch::look).get(5, SECONDS);
        assertThat(told.poll(5, SECONDS)).containsExactly(address(2), address(3));

        addresses.set(List.of());
        loop.submit(watch::look).get(5, SECONDS);
        addresses.set(List.of(address(1)));
        loop.submit(watch::look).get(5, SECONDS);
        assertThat(told.poll(5, SECONDS)).as("no network at all is waited out").containsExactly(address(1));
        assertThat(told).isEmpty();
    }
}
