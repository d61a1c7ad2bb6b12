package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.Transport;

/**
 * What an Allocate asks for, once the checks of RFC 8656, section 7.2 have passed that need nothing but the message.
 *
 * @param transport that peers speak: UDP or TCP
 * @param family of the relayed address
 * @param both whether an IPv6 one is wanted besides
 * @param even whether its port must be even
 * @param pair whether the next port is to be held, too
 * @param token of a port that was held before, or {@code null}
 * @param lifetime in seconds, or {@code null}
 * @param mobile whether the client wants to take it along to other addresses of its own (RFC 8016)
 * @param dontFragment whether what goes to peers must not be cut up on its way
 */
record AllocateRequest(Transport transport, AddressFamily family, boolean both, boolean even, boolean pair, Long token,
        Integer lifetime, boolean mobile, boolean dontFragment) {
    /** IANA's numbers. */
    static final int UDP = 17;
    static final int TCP = 6;

    /** What is wrong with the request, or 0. */
    static int check(StunMessage request, Transport client, RelayFeatures features) {
        if (request.has(StunAttribute.MOBILITY_TICKET)) {
            if (!features.mobility()) {
                return ErrorCode.MOBILITY_FORBIDDEN;          // RFC 8016, section 3.1
            }
            if (request.bytes(StunAttribute.MOBILITY_TICKET).length > 0) {
                return ErrorCode.BAD_REQUEST;
            }
        }
        Integer transport = request.get(StunAttribute.REQUESTED_TRANSPORT);
        if (transport == null) {
            return ErrorCode.BAD_REQUEST;
        }
        if (transport != UDP && !(transport == TCP && features.tcpRelay())) {
            return ErrorCode.UNSUPPORTED_TRANSPORT;
        }
        // RFC 6062, section 5.1
        if (transport == TCP && (!client.isReliable() || Boolean.TRUE.equals(request.get(StunAttribute.EVEN_PORT))
                || request.has(StunAttribute.RESERVATION_TOKEN) || request.has(StunAttribute.DONT_FRAGMENT))) {
            return ErrorCode.BAD_REQUEST;
        }
        Boolean pair = request.get(StunAttribute.EVEN_PORT);
        Integer family = request.get(StunAttribute.REQUESTED_ADDRESS_FAMILY);
        Integer additional = request.get(StunAttribute.ADDITIONAL_ADDRESS_FAMILY);
        boolean token = request.has(StunAttribute.RESERVATION_TOKEN);
        if (token && (pair != null || family != null || additional != null)) {
            return ErrorCode.BAD_REQUEST;
        }
        if (additional != null && (family != null || Boolean.TRUE.equals(pair) || additional != AddressFamily.IPV6.number())) {
            return ErrorCode.BAD_REQUEST;
        }
        return family != null && AddressFamily.of(family) == null ? ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED : 0;
    }

    /** Reads a request for which {@link #check} found nothing wrong. */
    static AllocateRequest of(StunMessage request) {
        Boolean pair = request.get(StunAttribute.EVEN_PORT);
        Integer family = request.get(StunAttribute.REQUESTED_ADDRESS_FAMILY);
        Transport transport = request.get(StunAttribute.REQUESTED_TRANSPORT) == TCP ? Transport.TCP : Transport.UDP;
        return new AllocateRequest(transport, family == null ? AddressFamily.IPV4 : AddressFamily.of(family),
                request.has(StunAttribute.ADDITIONAL_ADDRESS_FAMILY), pair != null, Boolean.TRUE.equals(pair),
                request.get(StunAttribute.RESERVATION_TOKEN), request.get(StunAttribute.LIFETIME),
                request.has(StunAttribute.MOBILITY_TICKET), request.has(StunAttribute.DONT_FRAGMENT));
    }
}
