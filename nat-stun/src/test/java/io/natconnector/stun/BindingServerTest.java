package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingServerTest {
    private static final InetSocketAddress CLIENT = address("203.0.113.9", 61234);
    private static final InetSocketAddress SERVER = address("198.51.100.1", 3478);
    private static final InetSocketAddress SECOND = address("198.51.100.2", 3479);
    private static final TransactionId ID = new TransactionId(0x01020304, 0x05060708090A0B0CL);
    private static final String HEADER_ID = "2112a442 01020304 05060708 090a0b0c";

    private final BindingServer server = new BindingServer();

    @Test
    void answersABareRequestOf20BytesWith32() {
        Datagram answer = ask(Bytes.buffer("0001 0000" + HEADER_ID));
        assertThat(answer.from()).isEqualTo(SERVER);
        assertThat(answer.to()).isEqualTo(CLIENT);
        assertThat(Bytes.drain(answer.payload()))
                .isEqualTo(Bytes.bytes("0101 000c" + HEADER_ID + "0020 0008 0001 ce20 ea12d54b"));
        assertThat(server.answered()).isEqualTo(1);
    }

    @Test
    void answersOverIpv6With44Bytes() {
        InetSocketAddress client = address("2001:db8::9", 61234);
        server.receive(Datagram.udp(client, address("2001:db8::1", 3478), Bytes.buffer("0001 0000" + HEADER_ID)), 0);
        StunMessage answer = StunMessage.parse(Bytes.unpooled(server.pollTransmit()).payload());
        assertThat(answer.get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(client);
        assertThat(answer.size()).isEqualTo(44);
    }

    @Test
    void givesAFingerprintToThoseWhoSentOne() {
        Datagram answer = ask(StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, ID).fingerprint());
        StunMessage message = StunMessage.parse(answer.payload());
        assertThat(message.hasFingerprint()).isTrue();
        assertThat(message.size()).isEqualTo(40);
    }

    @Test
    void answersTheOldFormWithAPlainAddressAndAll16BytesOfTheId() {
        String id = "deadbeef 01020304 05060708 090a0b0c";
        assertThat(Bytes.drain(ask(Bytes.buffer("0001 0000" + id)).payload()))
                .isEqualTo(Bytes.bytes("0101 000c" + id + "0001 0008 0001 ef32 cb007109"));
    }

    @Test
    void leavesTheOldFormAloneWhenToldSo() {
        BindingServer modern = new BindingServer(BindingOptions.DEFAULT.withClassic(false));
        ByteBuf request = Bytes.buffer("0001 0000 deadbeef 01020304 05060708 090a0b0c");
        assertThat(modern.receive(Datagram.udp(CLIENT, SERVER, request), 0)).isTrue();
        assertThat(modern.pollTransmit()).isNull();
    }

    @Test
    void namesTheAttributesThatItDoesNotKnow() {
        Datagram answer = ask(Bytes.buffer("0001 0010" + HEADER_ID + "7ffe 0001 aa000000 7ffd 0000 fffe 0000"));
        assertThat(Bytes.drain(answer.payload()))
                .isEqualTo(Bytes.bytes("0111 0010" + HEADER_ID + "0009 0004 00000414 000a 0004 7ffe 7ffd"));
        assertThat(server.refused()).isEqualTo(1);
        assertThat(server.answered()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0003 0004 00000006, 3", "0026 0004 00000000, 38", "0027 0004 1f900000, 39"})
    void knowsNothingOfBehaviourDiscoveryWithoutASecondAddress(String attribute, int type) {
        StunMessage answer = StunMessage.parse(ask(Bytes.buffer("0001 0008" + HEADER_ID + attribute)).payload());
        assertThat(answer.get(StunAttribute.ERROR_CODE)).isEqualTo(ErrorCode.of(420));
        assertThat(answer.get(StunAttribute.UNKNOWN_ATTRIBUTES)).containsExactly(type);
    }

    @ParameterizedTest
    @CsvSource({"0101, success", "0111, error", "0011, indication", "0003, another method", "0000, reserved method"})
    void answersRequestsOnly(String type, String what) {
        assertThat(server.receive(Datagram.udp(CLIENT, SERVER, Bytes.buffer(type + "0000" + HEADER_ID)), 0)).as(what).isFalse();
        assertThat(server.answer(StunMessage.parse(Bytes.buffer(type + "0000" + HEADER_ID)),
                Datagram.udp(CLIENT, SERVER, Unpooled.EMPTY_BUFFER))).as(what).isNull();
        assertThat(server.pollTransmit()).isNull();
    }

    @Test
    void leavesWhatIsNotStunToOthers() {
        List<String> foreign = List.of("", "00", "16 fe ff 00",
                "0001 0000 2112a442", "4001 0000" + HEADER_ID, "0001 0004" + HEADER_ID);
        for (String hex : foreign) {
            assertThat(server.receive(Datagram.udp(CLIENT, SERVER, Bytes.buffer(hex)), 0)).as(hex).isFalse();
        }
    }

    @Test
    void countsWhatIsMalformedAndDropsIt() {
        ByteBuf overrun = Bytes.buffer("0001 0004" + HEADER_ID + "8022 0001");
        assertThat(server.receive(Datagram.udp(CLIENT, SERVER, overrun), 0)).isTrue();
        ByteBuf badFingerprint = Bytes.buffer("0001 0008" + HEADER_ID + "8028 0004 00000000");
        assertThat(server.receive(Datagram.udp(CLIENT, SERVER, badFingerprint), 0)).isTrue();
        assertThat(server.malformed()).isEqualTo(2);
        assertThat(server.pollTransmit()).isNull();
    }

    @Test
    void answersOnlyRequestsWithFingerprintWhenToldSo() {
        BindingServer closed = new BindingServer(BindingOptions.DEFAULT.withRequireFingerprint(true));
        closed.receive(Datagram.udp(CLIENT, SERVER, Bytes.buffer("0001 0000" + HEADER_ID)), 0);
        assertThat(closed.pollTransmit()).isNull();
        ByteBuf request = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, ID).fingerprint();
        closed.receive(Datagram.udp(CLIENT, SERVER, request), 0);
        request.release();
        assertThat(Bytes.drain(closed.pollTransmit().payload())).hasSize(40);
    }

    @Test
    void boundsWhatADriverDoesNotFetch() {
        for (int i = 0; i < 1100; i++) {
            server.receive(Datagram.udp(CLIENT, SERVER, Bytes.buffer("0001 0000" + HEADER_ID)), 0);
        }
        int answers = 0;
        for (Datagram d; (d = server.pollTransmit()) != null; answers++) {
            d.payload().release();
        }
        assertThat(answers).isEqualTo(1024);
        assertThat(server.dropped()).isEqualTo(76);
    }

    @Test
    void answersOverTcpToo() {
        server.receive(new Datagram(Transport.TCP, CLIENT, SERVER, Bytes.buffer("0001 0000" + HEADER_ID)), 0);
        Datagram answer = server.pollTransmit();
        assertThat(answer.transport()).isEqualTo(Transport.TCP);
        assertThat(Bytes.drain(answer.payload())).hasSize(32);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 3478", "2, 1, 3479", "4, 2, 3478", "6, 2, 3479"})
    void answersFromTheAddressThatTheClientWants(int change, int host, int port) {
        Datagram datagram = askBehavior(writer -> writer.put(StunAttribute.CHANGE_REQUEST, change));
        StunMessage answer = StunMessage.parse(datagram.payload());
        assertThat(datagram.from()).isEqualTo(address("198.51.100." + host, port));
        assertThat(datagram.to()).isEqualTo(CLIENT);
        assertThat(answer.get(StunAttribute.RESPONSE_ORIGIN)).isEqualTo(datagram.from());
        assertThat(answer.get(StunAttribute.OTHER_ADDRESS)).isEqualTo(SECOND);
        assertThat(answer.get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(CLIENT);
    }

    @Test
    void answersToThePortThatTheClientNamesAtItsOwnAddressOnly() {
        Datagram answer = askBehavior(writer -> writer.put(StunAttribute.RESPONSE_PORT, 8080));
        assertThat(answer.to()).isEqualTo(address("203.0.113.9", 8080));
        assertThat(StunMessage.parse(answer.payload()).get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(CLIENT);
    }

    @Test
    void padsTheAnswerAsMuchAsTheRequestWas() {
        Datagram answer = askBehavior(writer -> writer.putBytes(StunAttribute.PADDING, new byte[1200]));
        assertThat(StunMessage.parse(answer.payload()).bytes(StunAttribute.PADDING)).isEqualTo(new byte[1200]);
    }

    @Test
    void sendsNoPaddingToAnotherPortAndNothingToPortZero() {
        Datagram answer = askBehavior(writer -> writer.putBytes(StunAttribute.PADDING, new byte[4])
                .put(StunAttribute.RESPONSE_PORT, 8080));
        assertThat(StunMessage.parse(answer.payload()).get(StunAttribute.ERROR_CODE)).isEqualTo(ErrorCode.of(400));
        assertThat(answer.to()).isEqualTo(CLIENT);
        answer = askBehavior(writer -> writer.put(StunAttribute.RESPONSE_PORT, 0));
        assertThat(StunMessage.parse(answer.payload()).get(StunAttribute.ERROR_CODE)).isEqualTo(ErrorCode.of(400));
    }

    @Test
    void wantsAlternateAddressesThatDifferInBoth() {
        assertThatThrownBy(() -> BindingOptions.DEFAULT.withAlternate(SERVER, address("198.51.100.2", 3478)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BindingOptions.DEFAULT.withAlternate(SERVER, address("198.51.100.1", 3479)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BindingOptions.DEFAULT.withAlternate(SERVER, address("2001:db8::1", 3479)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(BindingOptions.DEFAULT.withAlternate(SERVER, SECOND).alternate().sockets()).containsExactlyInAnyOrder(
                SERVER, SECOND, address("198.51.100.1", 3479), address("198.51.100.2", 3478));
    }

    private Datagram ask(ByteBuf request) {
        assertThat(server.receive(Datagram.udp(CLIENT, SERVER, request), 0)).isTrue();
        request.release();
        return Bytes.unpooled(server.pollTransmit());
    }

    private static Datagram askBehavior(UnaryOperator<StunWriter> attributes) {
        BindingServer server = new BindingServer(BindingOptions.DEFAULT.withAlternate(SERVER, SECOND));
        ByteBuf request = attributes.apply(StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, ID)).end();
        assertThat(server.receive(Datagram.udp(CLIENT, SERVER, request), 0)).isTrue();
        request.release();
        return Bytes.unpooled(server.pollTransmit());
    }
}
