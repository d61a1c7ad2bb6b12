package io.natconnector.signal;

import io.netty.handler.codec.mqtt.MqttSubscriptionOption;

/** What a client wants of its topic filter (MQTT 5, section 3.8.3.1). */
record BrokerSubscription(int qos, boolean noLocal, boolean retainAsPublished) {
    static BrokerSubscription of(MqttSubscriptionOption option) {
        return new BrokerSubscription(Math.min(1, option.qos().value()), option.isNoLocal(), option.isRetainAsPublished());
    }

    /** One for two filters of a client that both match: it gets the message once, the better way. */
    BrokerSubscription or(BrokerSubscription other) {
        return new BrokerSubscription(
                Math.max(qos, other.qos), noLocal && other.noLocal, retainAsPublished || other.retainAsPublished);
    }
}
