/** The Connector API and what carries it: ICE, hole punching, path keeping, the Netty driver. */
module io.natconnector {
    requires transitive io.natconnector.relay;
    requires transitive io.netty.transport;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires com.google.common;
    requires org.bouncycastle.tls;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires org.slf4j;
    requires java.xml;
    requires static jdk.jfr;

    exports io.natconnector;
    exports io.natconnector.nat;
}
