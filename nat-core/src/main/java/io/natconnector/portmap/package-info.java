/**
 * Ports that home gateways open at our request: PCP (RFC 6887), NAT-PMP (RFC 6886) and UPnP's Internet Gateway Device. {@link
 * io.natconnector.portmap.PortMapper} runs them for each socket; nothing here opens one.
 *
 * <p>A PCP MAP request and its answer, both to and from port 5351 (RFC 6887, sections 7.1, 7.2 and 11.1); in the answer R is 1, the
 * result code is the fourth byte, and the gateway's epoch and zeros stand in the place of our address:
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Version = 2  |R|   Opcode    |      Reserved                 |
 * |                      Lifetime in seconds                      |
 * |          Our address (128 bits, IPv4 as ::ffff:a.b.c.d) ...   |
 * |                Mapping nonce (96 bits) ...                    |
 * | Protocol = 17 |              Reserved                         |
 * |        Internal port          |        External port          |
 * |                External address (128 bits) ...                |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>NAT-PMP's requests (RFC 6886, sections 3.2 and 3.3): two zero bytes ask for the external address; 0, 1, two zero bytes, the
 * internal port, the external one and the lifetime ask for a mapping. Answers have 128 added to the opcode, then the result code
 * and the epoch in front of the rest.
 */
package io.natconnector.portmap;
