package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Somebody else at the broker, who does what MQTT lets one do. Each call waits for the broker's answer. */
final class RawMqtt implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<Published> published = new LinkedBlockingQueue<>();
    private final BlockingQueue<MqttMessageType> answers = new LinkedBlockingQueue<>();
    private Channel channel;

    record Published(String topic, byte[] payload, boolean retained) {
    }

    static RawMqtt connect(int port) throws InterruptedException {
        RawMqtt raw = new RawMqtt();
        raw.channel = new Bootstrap().group(raw.group).channel(NioSocketChannel.class).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new MqttDecoder(1 << 20), MqttEncoder.INSTANCE, raw.new Handler());
            }
        }).connect("127.0.0.1", port).sync().channel();
        raw.ask(MqttMessageBuilders.connect().protocolVersion(MqttVersion.MQTT_3_1_1).clientId("stranger" + System.nanoTime())
                .cleanSession(true).build(), MqttMessageType.CONNACK);
        return raw;
    }

    private final class Handler extends SimpleChannelInboundHandler<MqttMessage> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
            if (message instanceof MqttPublishMessage publish) {
                published.add(new Published(publish.variableHeader().topicName(), ByteBufUtil.getBytes(publish.payload()),
                        publish.fixedHeader().isRetain()));
            } else {
                answers.add(message.fixedHeader().messageType());
            }
        }
    }

    private void ask(MqttMessage message, MqttMessageType answer) throws InterruptedException {
        channel.writeAndFlush(message).sync();
        assertThat(answers.poll(Inbox.PATIENCE_SECONDS, SECONDS)).isEqualTo(answer);
    }

    void subscribe(String filter) throws InterruptedException {
        ask(MqttMessageBuilders.subscribe().messageId(1).addSubscription(MqttQoS.AT_MOST_ONCE, filter).build(),
                MqttMessageType.SUBACK);
    }

    void publish(String topic, byte[] payload) throws InterruptedException {
        ask(MqttMessageBuilders.publish().topicName(topic).qos(MqttQoS.AT_LEAST_ONCE).messageId(1)
                .payload(Unpooled.wrappedBuffer(payload)).build(), MqttMessageType.PUBACK);
    }

    Published next() throws InterruptedException {
        Published next = published.poll(Inbox.PATIENCE_SECONDS, SECONDS);
        assertThat(next).as("something is published").isNotNull();
        return next;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
    }
}
