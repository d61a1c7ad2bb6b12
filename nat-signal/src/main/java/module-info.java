/** Ready-made signalling: MQTT against any broker, a small embedded broker, a directory of files, in-process. */
module io.natconnector.signal {
    requires transitive io.natconnector;
    requires transitive io.netty.handler;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.mqtt;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires org.slf4j;

    exports io.natconnector.signal;
}
