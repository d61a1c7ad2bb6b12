/** A virtual internet in virtual time. */
module io.natconnector.testkit {
    requires transitive io.natconnector.stun;
    requires io.netty.common;
    requires static transitive org.junit.jupiter.api;
    requires static transitive org.junit.platform.commons;

    exports io.natconnector.testkit;
}
