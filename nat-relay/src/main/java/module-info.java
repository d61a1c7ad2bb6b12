/** TURN (RFC 8656) without IO: the client of one allocation, and a relay server. */
module io.natconnector.relay {
    requires transitive io.natconnector.stun;
    requires io.netty.common;

    exports io.natconnector.relay;
}
