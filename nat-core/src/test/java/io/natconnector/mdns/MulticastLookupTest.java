package io.natconnector.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a responder on loopback, asked there: nothing is sent to a group. */
@Timeout(30)
class MulticastLookupTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String NAME = "7a1c9bc2-0d4e-4b1e-9a55-111111111111.local";
    private static final long SEED = Long.getLong("nat.seed", 5);

    @Test
    void theAddressesOfAnAnswerAreFound() throws Exception {
        try (Responder responder = new Responder(question -> answer(question, NAME, "192.0.2.7", "2001:db8::7"))) {
            assertThat(responder.lookup(NAME)).containsExactly(InetAddresses.forString("192.0.2.7"),
                    InetAddresses.forString("2001:db8::7"));
        }
    }

    @Test
    void aFirstQuestionThatGetsLostIsRepeated() throws Exception {
        int[] count = {0};
        try (Responder responder = new Responder(question -> count[0]++ == 0 ? new byte[0] : answer(question, NAME, "192.0.2.7"))) {
            assertThat(responder.lookup(NAME)).hasSize(1);
        }
    }

    @Test
    void theAnswerOfAnotherNameOrQuestionIsNone() throws Exception {
        try (Responder responder = new Responder(question -> answer(question, "other.local", "192.0.2.7"))) {
            assertThat(responder.lookup(NAME)).isEmpty();
        }
        byte[] question = DnsMessage.question(7, NAME);
        byte[] answer = answer(question, NAME, "192.0.2.7");
        assertThat(DnsMessage.addresses(answer, answer.length, 7, NAME)).hasSize(1);
        assertThat(DnsMessage.addresses(answer, answer.length, 8, NAME)).isEmpty();
        assertThat(DnsMessage.addresses(question, question.length, 7, NAME)).isEmpty();
    }

    @Test
    void addressesThatNobodyHasAreLeftOut() throws Exception {
        try (Responder responder = new Responder(question -> answer(question, NAME, "0.0.0.0", "224.0.0.1", "192.0.2.7"))) {
            assertThat(responder.lookup(NAME)).containsExactly(InetAddresses.forString("192.0.2.7"));
        }
    }

    @Test
    void whatIsDamagedGivesNoAddressAndThrowsNothing() {
        byte[] good = answer(DnsMessage.question(7, NAME), NAME, "192.0.2.7");
        for (int length = 0; length < good.length; length++) {
            assertThat(DnsMessage.addresses(good, length, 7, NAME)).as("length " + length).isEmpty();
        }
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j < 3; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            assertThat(DnsMessage.addresses(bad, bad.length, 7, NAME).size()).as("seed " + SEED + ", run " + i)
                    .isLessThanOrEqualTo(64);
        }
    }

    @Test
    void aNameThatPointsAtItselfEnds() {
        ByteBuffer packet = ByteBuffer.allocate(64).putShort((short) 7).putShort((short) 0x8400).putShort((short) 0)
                .putShort((short) 1).putInt(0).putShort((short) 0xC00C);

        assertThat(DnsMessage.addresses(packet.array(), packet.position() + 14, 7, NAME)).isEmpty();
    }

    /** As a responder answers an ordinary port: the first question repeated, the name of the records by reference. */
    private static byte[] answer(byte[] question, String name, String... addresses) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(question, 0, 2);
        out.writeBytes(new byte[] {(byte) 0x84, 0, 0, 1, 0, (byte) addresses.length, 0, 0, 0, 0});
        for (String label : name.split("[.]")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, 1, 0, 1});
        for (String text : addresses) {
            byte[] address = InetAddresses.forString(text).getAddress();
            out.writeBytes(new byte[] {(byte) 0xC0, 12, 0, (byte) (address.length == 4 ? 1 : 28), (byte) 0x80, 1, 0, 0, 0, 10, 0,
                (byte) address.length});
            out.writeBytes(address);
        }
        return out.toByteArray();
    }

    private static final class Responder implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(0, LOOPBACK);
        private final Thread thread;

        Responder(UnaryOperator<byte[]> answers) throws SocketException {
            thread = new Thread(() -> serve(answers));
            thread.start();
        }

        private void serve(UnaryOperator<byte[]> answers) {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
                    socket.receive(packet);
                    byte[] answer = answers.apply(Arrays.copyOf(packet.getData(), packet.getLength()));
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // closed
            }
        }

        List<InetAddress> lookup(String name) {
            return new MulticastLookup(new InetSocketAddress(LOOPBACK, socket.getLocalPort())).lookup(name, List.of(LOOPBACK));
        }

        @Override
        public void close() throws InterruptedException {
            socket.close();
            thread.join();
        }
    }
}
