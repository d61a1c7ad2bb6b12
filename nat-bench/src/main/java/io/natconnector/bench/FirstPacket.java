package io.natconnector.bench;

import io.natconnector.Connector;
import io.natconnector.Signaling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CompletableFuture;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.RemoteCandidate;

/**
 * Programs that do all that it takes to send one packet to a peer, whose words are known beforehand, and nothing else. Each prints
 * what {@link System#nanoTime} was when its {@code main} began, and ends when its input does.
 *
 * <p>Arguments: the address and the port of the peer.
 */
final class FirstPacket {
    private static final String UFRAG = "h6vY";
    private static final String PASSWORD = "VOkJxbRl1RmTxUk/WvJxBtYZ";
    private static final long PRIORITY = 2_130_706_431;

    private FirstPacket() { }

    private static void end(long begun) throws IOException {
        System.out.println(begun);
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(0);
    }

    /** The floor: a socket of the JDK. */
    static final class Plain {
        private Plain() { }

        public static void main(String[] arguments) throws IOException {
            long begun = System.nanoTime();
            InetSocketAddress peer = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
            DatagramChannel.open().bind(new InetSocketAddress(arguments[0], 0)).send(ByteBuffer.allocate(1), peer);
            end(begun);
        }
    }

    /** A connector of ours, built and told to connect. */
    static final class Ours {
        private Ours() { }

        public static void main(String[] arguments) throws IOException {
            long begun = System.nanoTime();
            String words = "a=ice-ufrag:" + UFRAG + "\r\na=ice-pwd:" + PASSWORD + "\r\nm=application 9 UDP 0\r\na=mid:0\r\n"
                    + "a=candidate:1 1 udp " + PRIORITY + " " + arguments[0] + " " + arguments[1] + " typ host\r\n"
                    + "a=end-of-candidates\r\n";
            Connector.builder().name("asking").signaling(new Known(words)).plaintext().bind(InetAddress.getByName(arguments[0]))
                    .build().connect("asked");
            end(begun);
        }
    }

    /** Answers at once what the peer would. */
    private record Known(String words, Listener[] told) implements Signaling {
        Known(String words) {
            this(words, new Listener[1]);
        }

        @Override
        public void start(String self, Listener listener) {
            told[0] = listener;
        }

        @Override
        public CompletableFuture<Void> send(String to, String text) {
            told[0].received(to, words);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() { }
    }

    /** An agent of ice4j. */
    static final class Ice4j {
        private Ice4j() { }

        public static void main(String[] arguments) throws IOException {
            long begun = System.nanoTime();
            Ice4jPair.configure(arguments[0]);
            Agent agent = Ice4jPair.agent(true);
            Component component = Ice4jPair.component(agent);
            IceMediaStream stream = component.getParentStream();
            stream.setRemoteUfrag(UFRAG);
            stream.setRemotePassword(PASSWORD);
            TransportAddress peer = new TransportAddress(arguments[0], Integer.parseInt(arguments[1]), Transport.UDP);
            component.addRemoteCandidate(
                    new RemoteCandidate(peer, component, CandidateType.HOST_CANDIDATE, "1", PRIORITY, null));
            agent.startConnectivityEstablishment();
            end(begun);
        }
    }
}
