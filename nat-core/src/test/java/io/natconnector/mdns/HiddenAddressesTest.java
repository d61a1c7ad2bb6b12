package io.natconnector.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.natconnector.session.Words;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On loopback, at a port of its own in the place of the group: nothing is sent to the network. */
@Timeout(30)
class HiddenAddressesTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}[.]local");
    private static final String REST = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef012345\r\n";
    private static final long SEED = Long.getLong("nat.seed", 11);

    private final int port = freePort();
    private final HiddenAddresses hidden = new HiddenAddresses(new InetSocketAddress(LOOPBACK, port));

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        hidden.close();
    }

    private static String host(String address) {
        return "a=candidate:x1 1 udp 2130706431 " + address + " 50000 typ host\r\n";
    }

    private static String nameIn(String text) {
        Matcher matcher = NAME.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group();
    }

    private List<InetAddress> lookup(String name) {
        return new MulticastLookup(new InetSocketAddress(LOOPBACK, port)).lookup(name, List.of(LOOPBACK));
    }

    @Test
    void anAddressOfALocalNetworkIsToldAsANameThatTheNetworkAnswersTo() {
        String told = hidden.conceal(REST + host("192.168.7.9"));

        assertThat(told).doesNotContain("192.168").contains(" 50000 typ host").startsWith(REST);
        assertThat(lookup(nameIn(told))).containsExactly(InetAddresses.forString("192.168.7.9"));
        assertThat(hidden.conceal(host("192.168.7.9"))).as("the same name again").contains(nameIn(told));
        assertThat(hidden.conceal(host("fd00::9"))).doesNotContain("fd00").doesNotContain(nameIn(told));
    }

    @Test
    void aPublicAddressIsToldAsItIs() {
        assertThat(hidden.conceal(host("2001:db8::7"))).contains(" 2001:db8::7 50000 typ host");
        assertThat(hidden.conceal(host("203.0.113.7"))).contains(" 203.0.113.7 50000 typ host");
    }

    @Test
    void whatIsSeenFromOutsideDoesNotTellWhereItComesFrom() {
        String told = hidden.conceal("a=candidate:abc 1 udp 1694498815 198.51.100.1 40000 typ srflx raddr 10.0.1.2 rport 5000\r\n"
                + "a=candidate:abc 1 udp 1694498814 198.51.100.1 40001 typ srflx raddr 10.0.1.2 rport 5001\r\n");

        assertThat(told).doesNotContain("10.0.1.2").doesNotContain("5000").doesNotContain(":abc ")
                .contains("198.51.100.1 40000 typ srflx raddr 0.0.0.0 rport 9");
        assertThat(Arrays.stream(told.split("\r\n")).map(line -> line.split(" ")[0]).distinct())
                .as("what has one foundation keeps one").hasSize(1);
        assertThat(Words.parse(REST + told).candidates()).hasSize(2);
    }

    @Test
    void nobodyIsToldOfOtherNames() {
        hidden.conceal(host("192.168.7.9"));
        assertThat(lookup("7a1c9bc2-0d4e-4b1e-9a55-111111111111.local")).isEmpty();
    }

    @Test
    void whatIsNoQuestionGetsNoAnswerAndTheNextOneDoes() throws Exception {
        String name = nameIn(hidden.conceal(host("192.168.7.9")));
        byte[] question = DnsMessage.question(7, name);
        Random random = new Random(SEED);
        try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
            for (int i = 0; i < 2_000; i++) {
                byte[] bad = Arrays.copyOf(question, random.nextInt(question.length));
                socket.send(new DatagramPacket(bad, bad.length, LOOPBACK, port));
            }
            byte[] answer = DnsQuery.parse(ByteBuffer.wrap(question)).answer(
                    Map.of(new DnsQuery.Question(name, DnsMessage.A, true), LOOPBACK), true);
            socket.send(new DatagramPacket(answer, answer.length, LOOPBACK, port));
            socket.setSoTimeout(200);
            assertThat(receives(socket)).as("seed " + SEED).isFalse();
        }
        assertThat(lookup(name)).hasSize(1);
    }

    private static boolean receives(DatagramSocket socket) throws IOException {
        try {
            socket.receive(new DatagramPacket(new byte[1500], 1500));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void onceClosedNobodyIsAnswered() {
        String name = nameIn(hidden.conceal(host("192.168.7.9")));
        hidden.close();
        assertThat(lookup(name)).isEmpty();
        assertThat(hidden.conceal(host("192.168.7.9"))).as("and no address is told for that").doesNotContain("192.168");
    }
}
