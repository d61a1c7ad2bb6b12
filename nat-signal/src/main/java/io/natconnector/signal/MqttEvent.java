package io.natconnector.signal;

import java.io.IOException;

/** What an {@link MqttClient} wants done, or wants known. */
sealed interface MqttEvent {
    /** Open a connection; answered by {@link MqttClient#opened} or {@link MqttClient#closed}. */
    record Open() implements MqttEvent {
    }

    /** Close the connection, after what was to be sent before. Not answered. */
    record Close() implements MqttEvent {
    }

    /** See {@link io.natconnector.Signaling.Listener#state}. */
    record State(boolean up, String advice) implements MqttEvent {
    }

    /** A message on our topic. */
    record Received(byte[] payload) implements MqttEvent {
    }

    /** A message that is not on our topic, or that somebody had retained. */
    record Ignored() implements MqttEvent {
    }

    /**
     * The broker has taken the message.
     *
     * @param heard false when the broker says that nobody listens on its topic. Only an MQTT 5 broker may say so, and need not
     */
    record Delivered(Outgoing message, boolean heard) implements MqttEvent {
    }

    /** The message will not be sent any more. */
    record Dropped(Outgoing message, IOException reason) implements MqttEvent {
    }
}
