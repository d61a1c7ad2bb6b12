/** {@code natpeer serve}: STUN server, relay and MQTT broker in one process. */
package io.natconnector.natpeer.serve;
