package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttReasonCodes;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One client of the broker, from its TCP connection to its end. Sessions don't outlive connections. */
final class BrokerSession extends SimpleChannelInboundHandler<MqttMessage> {
    /** Messages that were sent and not acknowledged, where the client sets no lower limit. */
    private static final int MAX_IN_FLIGHT = 256;
    /** MQTT 5, section 3.1.2.10: cut after one and a half times the keep-alive; looked at in quarters of it. */
    private static final int SILENT_QUARTERS = 6;

    private final BrokerHub hub;
    private final Set<String> filters = new HashSet<>();
    private final Set<Integer> inFlight = new HashSet<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private Channel channel;
    private ScheduledFuture<?> timer;
    private BrokerClient client;                              // null until it has said who it is
    private boolean gone;
    private BrokerMessage will;
    private int silentQuarters;
    private int waitingBytes;
    private int lastPacketId;

    private record Waiting(BrokerMessage message, boolean retained) {
    }

    BrokerSession(BrokerHub hub) {
        this.hub = hub;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        timer = context.executor().schedule(this::refuse, hub.options.connectTimeout.toMillis(), MILLISECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
        silentQuarters = 0;
        if (gone) {
            return;
        }
        if (message.decoderResult().isFailure()) {
            malformed(message.decoderResult().cause());
        } else if (client == null) {
            first(message);
        } else {
            next(message);
        }
    }

    private void malformed(Throwable cause) {
        if (client != null) {
            cut(MqttReasonCodes.Disconnect.MALFORMED_PACKET);
            return;
        }
        if (cause instanceof MqttUnacceptableProtocolVersionException) {
            channel.write(BrokerClient.unacceptableVersion());
        }
        refuse();
    }

    private void first(MqttMessage message) {
        if (!(message instanceof MqttConnectMessage connect)) {
            refuse();
            return;
        }
        BrokerClient.Answer answer = BrokerClient.answer(connect, hub.options, hub.clock.getAsLong());
        channel.write(answer.packet());
        if (answer.client() == null) {
            refuse();
            return;
        }
        timer.cancel(false);
        client = answer.client();
        will = answer.will();
        if (client.keepAliveSeconds() > 0) {
            long quarter = client.keepAliveSeconds() * 250L;
            timer = channel.eventLoop().scheduleAtFixedRate(this::quarterPassed, quarter, quarter, MILLISECONDS);
        }
        hub.join(client.id(), this);
        channel.flush();
    }

    private void quarterPassed() {
        if (++silentQuarters >= SILENT_QUARTERS) {
            cut(MqttReasonCodes.Disconnect.KEEP_ALIVE_TIMEOUT);
        }
    }

    private void next(MqttMessage message) {
        switch (message.fixedHeader().messageType()) {
            case PUBLISH -> published((MqttPublishMessage) message);
            case PUBACK -> acknowledged(((MqttMessageIdVariableHeader) message.variableHeader()).messageId());
            case SUBSCRIBE -> subscribe((MqttSubscribeMessage) message);
            case UNSUBSCRIBE -> unsubscribe((MqttUnsubscribeMessage) message);
            case PINGREQ -> channel.writeAndFlush(MqttMessage.PINGRESP);
            case DISCONNECT -> disconnected((MqttReasonCodeAndPropertiesVariableHeader) message.variableHeader());
            default -> cut(MqttReasonCodes.Disconnect.PROTOCOL_ERROR);
        }
    }

    private void published(MqttPublishMessage packet) {
        int qos = packet.fixedHeader().qosLevel().value();
        MqttProperties properties = packet.variableHeader().properties();
        if (qos > 1) {
            cut(MqttReasonCodes.Disconnect.QOS_NOT_SUPPORTED);
        } else if (properties.getProperty(MqttProperties.TOPIC_ALIAS) != null) {
            cut(MqttReasonCodes.Disconnect.TOPIC_ALIAS_INVALID);
        } else if (!Topics.isName(packet.variableHeader().topicName())) {
            cut(MqttReasonCodes.Disconnect.TOPIC_NAME_INVALID);
        } else {
            BrokerMessage message = BrokerMessage.of(packet, hub.clock.getAsLong());
            boolean taken = !message.retain() || hub.retain(message);
            int receivers = taken ? hub.publish(message, this) : 0;
            if (qos == 1) {
                channel.writeAndFlush(client.publishAck(packet.variableHeader().packetId(), taken, receivers));
            }
        }
    }

    private void acknowledged(int packetId) {
        inFlight.remove(packetId);
        while (!waiting.isEmpty() && inFlight.size() < Math.min(MAX_IN_FLIGHT, client.receiveMaximum())) {
            Waiting next = waiting.remove();
            waitingBytes -= next.message().size();
            send(next.message(), 1, next.retained());
        }
    }

    private void subscribe(MqttSubscribeMessage packet) {
        List<MqttTopicSubscription> wanted = packet.payload().topicSubscriptions();
        if (wanted.isEmpty()) {
            cut(MqttReasonCodes.Disconnect.PROTOCOL_ERROR);
            return;
        }
        if (packet.idAndPropertiesVariableHeader().properties().getProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER) != null) {
            cut(MqttReasonCodes.Disconnect.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED);
            return;
        }
        List<Integer> codes = new ArrayList<>();
        List<Runnable> afterwards = new ArrayList<>();
        for (MqttTopicSubscription subscription : wanted) {
            codes.add(client.subscriptionCode(subscribe(subscription, afterwards)));
        }
        channel.writeAndFlush(client.subscribeAck(packet.variableHeader().messageId(), codes));
        afterwards.forEach(Runnable::run);
    }

    /** Returns the reason code (MQTT 5, section 3.9.3). */
    private int subscribe(MqttTopicSubscription wanted, List<Runnable> afterwards) {
        String filter = wanted.topicFilter();
        if (filter.startsWith("$share/")) {
            return MqttReasonCodes.SubAck.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED.byteValue() & 0xFF;
        }
        if (!Topics.isFilter(filter)) {
            return MqttReasonCodes.SubAck.TOPIC_FILTER_INVALID.byteValue() & 0xFF;
        }
        if (!filters.contains(filter) && filters.size() >= hub.options.maxSubscriptions) {
            return MqttReasonCodes.SubAck.QUOTA_EXCEEDED.byteValue() & 0xFF;
        }
        filters.add(filter);
        BrokerSubscription subscription = BrokerSubscription.of(wanted.option());
        boolean isNew = hub.subscribe(this, filter, subscription);
        boolean sendRetained = switch (wanted.option().retainHandling()) {
            case SEND_AT_SUBSCRIBE -> true;
            case SEND_AT_SUBSCRIBE_IF_NOT_YET_EXISTS -> isNew;
            default -> false;
        };
        if (sendRetained) {
            afterwards.add(() -> hub.retainedFor(filter).forEach(message -> deliver(message, subscription.qos(), true)));
        }
        return subscription.qos();
    }

    private void unsubscribe(MqttUnsubscribeMessage packet) {
        List<Boolean> found = new ArrayList<>();
        for (String filter : packet.payload().topics()) {
            found.add(filters.remove(filter) && hub.unsubscribe(this, filter));
        }
        channel.writeAndFlush(client.unsubscribeAck(packet.variableHeader().messageId(), found));
    }

    private void disconnected(MqttReasonCodeAndPropertiesVariableHeader header) {
        if (header == null || header.reasonCode() != MqttReasonCodes.Disconnect.DISCONNECT_WITH_WILL_MESSAGE.byteValue()) {
            will = null;
        }
        leave();
    }

    /** Gives a message to this client, now or when it has acknowledged enough of those before. */
    void deliver(BrokerMessage message, int grantedQos, boolean retained) {
        if (gone || message.expiry() <= hub.clock.getAsLong() || message.size() > client.maxPacketSize()) {
            return;
        }
        int qos = Math.min(grantedQos, message.qos());
        if (qos == 0 || inFlight.size() < Math.min(MAX_IN_FLIGHT, client.receiveMaximum())) {
            send(message, qos, retained);
        } else if (waitingBytes + message.size() <= hub.options.maxPending) {
            waiting.add(new Waiting(message, retained));
            waitingBytes += message.size();
        } else {
            cut(MqttReasonCodes.Disconnect.QUOTA_EXCEEDED);
        }
    }

    private void send(BrokerMessage message, int qos, boolean retained) {
        int packetId = qos == 0 ? 0 : nextPacketId();
        hub.delivered.increment();
        channel.writeAndFlush(message.packet(packetId, qos, retained, hub.clock.getAsLong()), channel.voidPromise());
        if (!channel.isWritable()) {                          // maxPending bytes are waiting for the client to read
            cut(MqttReasonCodes.Disconnect.QUOTA_EXCEEDED);
        }
    }

    private int nextPacketId() {
        do {
            lastPacketId = lastPacketId % 0xFFFF + 1;
        } while (!inFlight.add(lastPacketId));
        return lastPacketId;
    }

    void takenOver() {
        end(MqttReasonCodes.Disconnect.SESSION_TAKEN_OVER);
    }

    void shutDown() {
        will = null;
        end(MqttReasonCodes.Disconnect.SERVER_SHUTTING_DOWN);
    }

    private void cut(MqttReasonCodes.Disconnect reason) {
        if (!gone) {
            hub.cut.increment();
            end(reason);
        }
    }

    private void end(MqttReasonCodes.Disconnect reason) {
        if (!gone && client.isVersion5()) {
            channel.write(BrokerClient.disconnect(reason));
        }
        leave();
    }

    private void refuse() {
        if (!gone) {
            hub.refused.increment();
            leave();
        }
    }

    /** The end, whatever the reason. Who did not say goodbye leaves a will. */
    private void leave() {
        if (gone) {
            return;
        }
        gone = true;
        timer.cancel(false);
        channel.flush();
        channel.close();
        waiting.clear();
        if (client == null) {
            return;
        }
        hub.leave(client.id(), this, filters);
        if (will != null && (!will.retain() || hub.retain(will))) {
            hub.publish(will, null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        leave();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        leave();                                              // the connection broke, or TLS did not come about
    }
}
