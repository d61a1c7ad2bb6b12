package io.natconnector.signal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;

/** One connection to the broker: tells its driver what comes, and why it ended. */
final class MqttLink extends SimpleChannelInboundHandler<MqttMessage> {
    /** Ours is 22; a broker never sends one. */
    private static final int MAX_CLIENT_ID = 64;

    private final MqttDriver driver;
    private Channel channel;
    private boolean tls;
    private String failure = "it closed the connection";

    MqttLink(MqttDriver driver) {
        this.driver = driver;
    }

    static ChannelInitializer<Channel> pipeline(MqttLink link, SslContext tls, MqttAddress address) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    link.tls = true;
                    channel.pipeline().addLast(tls.newHandler(channel.alloc(), address.host(), address.port()));
                }
                channel.pipeline()
                        .addLast(new MqttDecoder(MqttPackets.MAX_PACKET, MAX_CLIENT_ID, true), MqttEncoder.INSTANCE, link);
            }
        };
    }

    void connecting(Channel toBroker) {
        channel = toBroker;
    }

    /** {@code null} while the broker's address is looked up. */
    Channel channel() {
        return channel;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!tls) {
            driver.opened(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                driver.opened(this);
            } else {
                failure = "TLS: " + reason(handshake.cause());
                context.close();
            }
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
        driver.received(this, message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!failure.startsWith("TLS")) {
            failure = reason(cause);
        }
        context.close();
    }

    /** Ends it if it leaves from an address that is not ours any more: nothing would come back, and nobody would say so. */
    void leaveUnless(Predicate<InetAddress> isOurs) {
        if (channel != null && channel.localAddress() instanceof InetSocketAddress local && !isOurs.test(local.getAddress())) {
            failure = "our address " + local.getAddress().getHostAddress() + " is gone";
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        driver.closed(this, failure);
    }

    /** What people can make use of: the innermost cause says which certificate, which port. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause.getCause() != null && depth < 10; depth++) {
            cause = cause.getCause();
        }
        String message = failure.getMessage() != null && cause.getMessage() == null ? failure.getMessage() : cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
