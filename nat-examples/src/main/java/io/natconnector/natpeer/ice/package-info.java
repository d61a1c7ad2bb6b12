/**
 * {@code natpeer ice}: one ICE session with a peer of any implementation, timed. The two tell each other what they must know by
 * files in a directory, ROLE being {@code controlling} or {@code controlled}; each is written under another name and renamed.
 *
 * <pre>
 * ROLE.ready    empty; with --barrier, when warm. The clock starts when both are there
 * ROLE.trickle  a candidate line (RFC 8839) for each candidate as it is found, then "end"
 * ROLE.json     {"ufrag":"..","pwd":"..","trickle":true,"candidates":[]}; without trickle when gathering is over, with all in it
 *               with --dtls also {"fingerprint":"sha-256 4A:..","setup":"actpass"} (RFC 8842)
 * ROLE.done     empty; the own pong came back
 * </pre>
 *
 * <p>An {@link io.natconnector.natpeer.ice.Engine} is an implementation of ICE, ours or another; what is around it is the same for
 * all, so figures compare.
 */
package io.natconnector.natpeer.ice;
