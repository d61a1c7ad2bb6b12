/**
 * Ready-made {@link io.natconnector.Signaling}: over any MQTT broker ({@link io.natconnector.signal.MqttSignaling}), through a
 * directory of files ({@link io.natconnector.signal.DirectorySignaling}), within one JVM ({@link
 * io.natconnector.signal.InProcessExchange}); and a broker to embed ({@link io.natconnector.signal.EmbeddedBroker}).
 *
 * <p>Over MQTT each peer subscribes to one topic, {@code prefix/pseudonym}, and an MQTT message is one envelope:
 *
 * <pre>
 *  +--------+----------------+-----------------------------------------------------+
 *  | format | id             | letter                                              |
 *  | 1 byte | 16 random bytes| format 1: AES-256-GCM, 16 bytes longer; 0: in clear |
 *  +--------+----------------+-----------------------------------------------------+
 *                             letter:
 *  +----------------------+--------+-----------------+--------------------+
 *  | time, ms since 1970  | length | sender's name   | text               |
 *  | 8 bytes, big endian  | 1 byte | length bytes    | to the end, UTF-8  |
 *  +----------------------+--------+-----------------+--------------------+
 * </pre>
 *
 * <p>The receiver takes a letter that opens with the key of prefix and receiver, is not older than the expiry (60 s) plus the
 * clocks' skew (30 s), is not dated further in the future than the skew, and whose id it has not seen. What the broker still can
 * do: hold words back, see when and how much is said, and see which pseudonyms talk to each other.
 */
package io.natconnector.signal;
