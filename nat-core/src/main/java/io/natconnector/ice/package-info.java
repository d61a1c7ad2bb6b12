/**
 * Interactive Connectivity Establishment (RFC 8445) without IO: candidates, pairs, connectivity checks, nomination, consent.
 *
 * <p>{@link io.natconnector.ice.IceAgent} is the machine. It is given candidates and datagrams and says which pair carries data.
 * Where the candidates come from, how the two sides exchange them and what a relayed address really is are its caller's matter: a
 * check that leaves from a relayed address is simply a datagram from that address.
 *
 * <p>What we do differently from the RFC's defaults, and why:
 * <ul>
 *   <li>One stream with one component, so no pair is ever frozen (section 6.1.2.6).
 *   <li>Usable means the first valid pair, on both sides; nomination goes on behind it and may move later to a better pair.
 *   <li>Checks repeat at 0, 20, 40, 80, 160 ms and so on, not every 500 ms (section 14.3): the first check is often eaten by the
 *       other side's NAT. Pacing holds for them all.
 *   <li>Each repetition is a transaction of its own, so that every answer tells the round trip exactly.
 * </ul>
 */
package io.natconnector.ice;
