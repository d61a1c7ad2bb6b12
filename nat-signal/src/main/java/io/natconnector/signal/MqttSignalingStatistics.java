package io.natconnector.signal;

/**
 * What went through an {@link MqttSignaling} since it was made.
 *
 * @param connections how often it was connected to the broker
 * @param sent messages that the broker has taken
 * @param unheard of these, those of which the broker said that nobody listens: the other peer is not there, or has another name,
 *     prefix or secret. Only MQTT 5 brokers say so
 * @param dropped messages that were not sent in time, or refused
 * @param received messages handed to the listener
 * @param forged messages on our topic that were not sealed with our secret, or changed on their way
 * @param stale messages too old, or dated too far in the future: late ones, or the clocks of the peers are too far apart
 * @param replayed messages that had come before
 * @param ignored retained messages and messages on foreign topics
 */
public record MqttSignalingStatistics(long connections, long sent, long unheard, long dropped, long received, long forged,
        long stale, long replayed, long ignored) {
}
