package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.natconnector.stun.Machine;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** Gives an {@link MqttClient} a socket, a clock and a timer. All on its event loop. */
final class MqttDriver {
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final EventLoop loop;
    private final MqttAddress broker;
    private final SslContext tls;
    private final MqttClient client;
    private final Consumer<MqttEvent> sink;
    private MqttLink link;                                    // the present one; what an earlier one still has to say is not heard
    private boolean pumping;
    private ScheduledFuture<?> timer;
    private long timerDue = Machine.NEVER;
    private int attempts;

    /**
     * @param tls {@code null} for none
     * @param sink takes the events that are not the driver's own
     */
    MqttDriver(EventLoop loop, SslContext tls, MqttClient.Settings settings, Consumer<MqttEvent> sink) {
        this.loop = loop;
        this.broker = settings.address();
        this.tls = tls;
        this.sink = sink;
        this.client = new MqttClient(settings, new SecureRandom());
    }

    void start() {
        run(client::start);
    }

    void publish(Outgoing message) {
        run(now -> client.publish(message, now));
    }

    void networkChanged(Predicate<InetAddress> isOurs) {
        if (link != null) {
            link.leaveUnless(isOurs);
        }
    }

    void close() {
        run(now -> client.close());
    }

    void opened(MqttLink from) {
        if (from == link) {
            run(client::opened);
        }
    }

    void received(MqttLink from, MqttMessage message) {
        if (from == link) {
            run(now -> client.receive(message, now));
        }
    }

    void closed(MqttLink from, String why) {
        if (from == link) {
            link = null;
            run(now -> client.closed(why, now));
        }
    }

    private void run(LongConsumer mutation) {
        mutation.accept(System.nanoTime());
        if (!pumping) {
            pumping = true;
            pump();
            pumping = false;
        }
    }

    private void pump() {
        transmit();
        for (MqttEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
            if (event instanceof MqttEvent.Open) {
                open();
            } else if (event instanceof MqttEvent.Close) {
                closeLink();
            } else {
                sink.accept(event);
            }
            transmit();
        }
        arm();
    }

    private void transmit() {
        boolean written = false;
        for (MqttMessage message = client.pollTransmit(); message != null; message = client.pollTransmit()) {
            if (link == null || link.channel() == null) {
                ReferenceCountUtil.release(message);
            } else {
                link.channel().write(message);
                written = true;
            }
        }
        if (written) {
            link.channel().flush();
        }
    }

    private void open() {
        MqttLink opening = new MqttLink(this);
        link = opening;
        String host = broker.host();
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            connect(opening, NetUtil.createInetAddressFromIpAddressString(host));
            return;
        }
        Background.run("natconnector-mqtt-lookup", () -> {     // the JDK's lookup blocks, for many seconds if it must
            try {
                // The next attempt takes the next address: the first may be one of a family that this network does not carry
                InetAddress[] all = InetAddress.getAllByName(host);
                hop(() -> connect(opening, all[attempts++ % all.length]));
            } catch (UnknownHostException e) {
                hop(() -> closed(opening, "no address is known for " + host));
            }
        });
    }

    private void hop(Runnable task) {
        if (!loop.isShuttingDown()) {
            loop.execute(task);
        }
    }

    private void connect(MqttLink opening, InetAddress address) {
        if (opening != link) {
            return;
        }
        ChannelFuture connecting = new Bootstrap().group(loop).channel(SocketTypes.client(loop))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .handler(MqttLink.pipeline(opening, tls, broker))
                .connect(new InetSocketAddress(address, broker.port()));
        opening.connecting(connecting.channel());
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                closed(opening, MqttLink.reason(done.cause()));
            }
        });
    }

    private void closeLink() {
        if (link == null) {
            return;
        }
        Channel channel = link.channel();
        link = null;
        if (channel != null) {
            channel.close();
        }
    }

    private void arm() {
        long due = client.nextTimeout();
        if (due == timerDue) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        timerDue = due;
        timer = due == Machine.NEVER ? null : loop.schedule(this::timeout, Math.max(0, due - System.nanoTime()), NANOSECONDS);
    }

    private void timeout() {
        timerDue = Machine.NEVER;
        run(client::handleTimeout);
    }
}
