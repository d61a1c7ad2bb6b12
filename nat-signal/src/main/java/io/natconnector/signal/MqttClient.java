package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The client's side of MQTT 5 and 3.1.1, as much of it as signalling needs: one subscription, QoS 1 both ways, nothing retained,
 * no session that outlives a connection. Says when to connect, what to send and when to give up; never touches a socket.
 *
 * <p>Follows the contract of {@link Machine} with MQTT packets in place of datagrams: after each call drain {@link #pollTransmit}
 * and {@link #pollEvent}, then arm a timer for {@link #nextTimeout}. Times are nanoseconds of a monotonic clock.
 */
final class MqttClient {
    static final int KEEP_ALIVE_SECONDS = 30;
    /** From the wish for a connection to a confirmed subscription: name lookup, TCP, TLS and two round trips. */
    static final long ATTEMPT = SECONDS.toNanos(20);
    static final long PONG = SECONDS.toNanos(10);
    /** A connection that has lasted this long was a good one: the next attempt after it comes soon. */
    static final long STABLE = SECONDS.toNanos(10);
    /** More at once would not make words arrive sooner. */
    static final int MAX_IN_FLIGHT = 64;
    private static final int SUBSCRIPTION_ID = 1;

    private enum Phase {
        IDLE, OPENING, CONNECTING, SUBSCRIBING, UP, WAITING, CLOSED
    }

    private enum Timer {
        ATTEMPT, RETRY, PING, PONG
    }

    /**
     * What stays the same over all connections.
     *
     * @param version 5, 3 for 3.1.1, or 0 for the newest that the broker speaks
     * @param topic the one that we listen on
     */
    record Settings(MqttAddress address, int version, String topic) {
    }

    private final Settings settings;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final MqttAdvice advice;
    private final Outbox outbox = new Outbox();
    private final ArrayDeque<MqttMessage> transmits = new ArrayDeque<>();
    private final ArrayDeque<MqttEvent> events = new ArrayDeque<>();
    private final long[] deadlines = new long[Timer.values().length];

    private Phase phase = Phase.IDLE;
    private MqttPackets packets;
    private boolean versionProven;
    private String told;                                      // the last advice, "" while up, null before anything was told
    private long upSince;
    private long pingInterval;
    private int maxInFlight;
    private long maxPacketSize;

    MqttClient(Settings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.backoff = new Backoff(random);
        this.advice = new MqttAdvice(settings.address());
        this.packets = settings.version() == 3 ? MqttPackets.V3 : MqttPackets.V5;
        Arrays.fill(deadlines, Machine.NEVER);
    }

    void start(long now) {
        open(now);
    }

    /** The connection stands, TLS included. */
    void opened(long now) {
        if (phase == Phase.OPENING) {
            phase = Phase.CONNECTING;
            transmits.add(packets.connect(settings.address(), random));
        }
    }

    /** The connection is lost, or could not be had. */
    void closed(String why, long now) {
        if (phase == Phase.CONNECTING && settings.version() == 0 && !versionProven) {
            // A broker that knows no MQTT 5 may just hang up, or answer in a way that no MQTT 5 client can read
            packets = packets.other();
        }
        fail(phase == Phase.CONNECTING ? advice.hungUp(why) : advice.lost(why), now);
    }

    /** Takes a packet from the broker. Borrows it. */
    void receive(MqttMessage message, long now) {
        if (phase == Phase.IDLE || phase == Phase.OPENING || phase == Phase.WAITING || phase == Phase.CLOSED) {
            return;
        }
        if (message.decoderResult().isFailure()) {
            closed("it sent something that is not MQTT", now);
            return;
        }
        switch (message.fixedHeader().messageType()) {
            case CONNACK -> connected((MqttConnAckMessage) message, now);
            case SUBACK -> subscribed((MqttSubAckMessage) message, now);
            case PUBLISH -> published((MqttPublishMessage) message, now);
            case PUBACK -> acknowledged((MqttMessageIdVariableHeader) message.variableHeader(), now);
            case PINGRESP -> disarm(Timer.PONG);
            case DISCONNECT ->
                fail(advice.disconnected((MqttReasonCodeAndPropertiesVariableHeader) message.variableHeader()), now);
            default -> fail(advice.lost("it sent an unexpected " + message.fixedHeader().messageType()), now);
        }
        flush(now);
    }

    /** Sends the message as soon as there is a connection, until it expires. */
    void publish(Outgoing message, long now) {
        if (phase == Phase.CLOSED) {
            drop(List.of(message), "this signalling is closed");
            return;
        }
        drop(outbox.add(message), "too many messages wait for " + settings.address());
        expire(now);
        flush(now);
    }

    void handleTimeout(long now) {
        expire(now);
        if (isDue(Timer.RETRY, now)) {
            open(now);
        }
        if (isDue(Timer.ATTEMPT, now)) {
            closed("no answer within " + ATTEMPT / SECONDS.toNanos(1) + " s", now);
        }
        if (isDue(Timer.PONG, now)) {
            fail(advice.lost("it no longer answers"), now);
        }
        if (isDue(Timer.PING, now)) {
            transmits.add(MqttMessage.PINGREQ);
            arm(Timer.PING, now + pingInterval);
            arm(Timer.PONG, now + PONG);
        }
    }

    /** Says goodbye. Nothing happens any more after it. */
    void close() {
        if (phase == Phase.CLOSED) {
            return;
        }
        if (phase == Phase.SUBSCRIBING || phase == Phase.UP) {
            transmits.add(MqttMessage.DISCONNECT);
        }
        phase = Phase.CLOSED;
        Arrays.fill(deadlines, Machine.NEVER);
        drop(outbox.clear(), "this signalling is closed");
        events.add(new MqttEvent.Close());
    }

    long nextTimeout() {
        long next = outbox.nextExpiry(Machine.NEVER);
        for (long deadline : deadlines) {
            next = Math.min(next, deadline);
        }
        return next;
    }

    /** The next packet to send, which is the caller's to release; {@code null} when there is none. */
    MqttMessage pollTransmit() {
        return transmits.poll();
    }

    MqttEvent pollEvent() {
        return events.poll();
    }

    private void open(long now) {
        phase = Phase.OPENING;
        disarm(Timer.RETRY);
        arm(Timer.ATTEMPT, now + ATTEMPT);
        events.add(new MqttEvent.Open());
    }

    private void connected(MqttConnAckMessage message, long now) {
        MqttConnectReturnCode code = message.variableHeader().connectReturnCode();
        if (phase != Phase.CONNECTING) {
            fail(advice.lost("it accepted a connection twice"), now);
        } else if (code == MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            versionProven = true;
            takeLimits(message.variableHeader().properties());
            phase = Phase.SUBSCRIBING;
            transmits.add(packets.subscribe(SUBSCRIPTION_ID, settings.topic()));
        } else if (MqttAdvice.isVersion(code) && settings.version() == 0 && packets == MqttPackets.V5) {
            packets = MqttPackets.V3;
            abandon();
            open(now);
        } else {
            fail(advice.refused(code, message.variableHeader().properties()), now);
        }
    }

    private void takeLimits(MqttProperties properties) {
        int keepAlive = MqttPackets.number(properties, MqttProperties.SERVER_KEEP_ALIVE, KEEP_ALIVE_SECONDS);
        pingInterval = SECONDS.toNanos(keepAlive == 0 ? KEEP_ALIVE_SECONDS : Math.min(keepAlive, KEEP_ALIVE_SECONDS));
        maxInFlight = Math.min(MAX_IN_FLIGHT, MqttPackets.number(properties, MqttProperties.RECEIVE_MAXIMUM, MAX_IN_FLIGHT));
        maxPacketSize = Integer.toUnsignedLong(MqttPackets.number(properties, MqttProperties.MAXIMUM_PACKET_SIZE, -1));
    }

    private void subscribed(MqttSubAckMessage message, long now) {
        List<Integer> codes = message.payload().reasonCodes();
        if (phase != Phase.SUBSCRIBING || message.variableHeader().messageId() != SUBSCRIPTION_ID || codes.size() != 1) {
            fail(advice.lost("it confirmed a subscription that was not asked for"), now);
        } else if (codes.get(0) >= 0x80) {                     // MQTT 5, section 3.9.3; in 3.1.1 exactly 0x80
            fail(advice.subscriptionRefused(codes.get(0)), now);
        } else {
            phase = Phase.UP;
            upSince = now;
            disarm(Timer.ATTEMPT);
            arm(Timer.PING, now + pingInterval);
            tell(true, "");
        }
    }

    private void published(MqttPublishMessage message, long now) {
        switch (message.fixedHeader().qosLevel()) {
            case AT_MOST_ONCE -> { }
            case AT_LEAST_ONCE -> transmits.add(packets.acknowledge(message.variableHeader().packetId()));
            default -> {
                fail(advice.lost("it sent with a QoS that was not asked for"), now);
                return;
            }
        }
        if (message.fixedHeader().isRetain() || !message.variableHeader().topicName().equals(settings.topic())) {
            events.add(new MqttEvent.Ignored());               // nothing of ours is retained: it would be old when it comes
            return;
        }
        byte[] payload = new byte[message.payload().readableBytes()];
        message.payload().getBytes(message.payload().readerIndex(), payload);
        events.add(new MqttEvent.Received(payload));
    }

    private void acknowledged(MqttMessageIdVariableHeader header, long now) {
        Outgoing message = outbox.acknowledge(header.messageId());
        if (message == null) {
            return;                                            // expired meanwhile
        }
        int code = header instanceof MqttPubReplyMessageVariableHeader reply ? reply.reasonCode() & 0xFF : 0;
        if (code >= 0x80) {                                    // MQTT 5, section 3.4.2.1
            drop(List.of(message), advice.publishRefused(code));
        } else {
            events.add(new MqttEvent.Delivered(message, code != MqttPackets.NO_MATCHING_SUBSCRIBERS));
        }
    }

    private void flush(long now) {
        while (phase == Phase.UP && outbox.isWaiting() && outbox.inFlight() < maxInFlight) {
            Outgoing message = outbox.take();
            if (MqttPackets.sizeOf(message) > maxPacketSize) {
                outbox.acknowledge(outbox.lastId());
                drop(List.of(message), settings.address() + " takes packets of at most " + maxPacketSize + " bytes");
            } else {
                transmits.add(packets.publish(outbox.lastId(), message, now));
            }
        }
    }

    private void expire(long now) {
        drop(outbox.expire(now), told == null || told.isEmpty()
                ? settings.address() + " did not acknowledge the message in time" : "expired unsent: " + told);
    }

    private void drop(List<Outgoing> messages, String reason) {
        for (Outgoing message : messages) {
            events.add(new MqttEvent.Dropped(message, new IOException(reason)));
        }
    }

    private void fail(String why, long now) {
        if (phase == Phase.WAITING || phase == Phase.CLOSED || phase == Phase.IDLE) {
            return;
        }
        if (phase == Phase.UP && now - upSince >= STABLE) {
            backoff.reset();
        }
        abandon();
        phase = Phase.WAITING;
        arm(Timer.RETRY, now + backoff.next());
        tell(false, why);
    }

    private void abandon() {
        Arrays.fill(deadlines, Machine.NEVER);
        transmits.forEach(ReferenceCountUtil::release);
        transmits.clear();
        outbox.connectionLost();
        events.add(new MqttEvent.Close());
    }

    private void tell(boolean up, String text) {
        if (!text.equals(told)) {
            told = text;
            events.add(new MqttEvent.State(up, text));
        }
    }

    private boolean isDue(Timer timer, long now) {
        return deadlines[timer.ordinal()] <= now;
    }

    private void arm(Timer timer, long deadline) {
        deadlines[timer.ordinal()] = deadline;
    }

    private void disarm(Timer timer) {
        deadlines[timer.ordinal()] = Machine.NEVER;
    }
}
