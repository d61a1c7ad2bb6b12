package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.InetAddress;

/** A process of its own, to see what one loads: two peers that connect, and a datagram there and back. */
final class ConnectProgram {
    private ConnectProgram() { }

    public static void main(String[] arguments) throws Exception {
        PostOffice office = new PostOffice();
        try (Connector alice = connector("alice", office); Connector bob = connector("bob", office)) {
            bob.listen(channel -> channel.pipeline().addLast(new EchoHandler()));
            Received received = new Received();
            alice.connect("bob", received).get(30, SECONDS).writeAndFlush(copiedBuffer("hello", UTF_8));
            System.out.println(received.next());
        }
    }

    private static Connector connector(String name, PostOffice office) {
        return Connector.builder().name(name).signaling(office.counter()).bind(InetAddress.getLoopbackAddress()).build();
    }
}
