/** STUN (RFC 8489) without IO, and the contract that all our protocols follow. */
module io.natconnector.stun {
    requires transitive io.netty.buffer;
    requires com.google.common;

    exports io.natconnector.stun;
}
