/**
 * A virtual internet in virtual time: hosts, links, NATs in the terms of RFC 4787, firewalls. It drives {@link
 * io.natconnector.stun.Machine}s as the real driver does, and so shows in milliseconds, on any system and without privileges, what
 * an application does behind a carrier's NAT, on a lossy link, or when it moves from Wi-Fi to LTE.
 *
 * <p>Start with {@link io.natconnector.testkit.VirtualInternet}, in JUnit with {@link
 * io.natconnector.testkit.VirtualInternetTest}; {@link io.natconnector.testkit.TwoPeers} is the usual stage.
 *
 * <pre>
 *   alice --link-- natA --link--\                /--link-- natB --link-- bob
 *   (a LAN with her           the public internet          (addresses before translation
 *    neighbours)                     |                      are private to each NAT)
 *                                   link
 *                                    |
 *                                   stun
 * </pre>
 */
package io.natconnector.testkit;
