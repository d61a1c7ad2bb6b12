package io.natconnector.stun;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;

/**
 * A target for Jazzer, as {@link StunMessageFuzzTest}: whatever datagrams come, a Binding server answers each at most once, keeps
 * nothing, and is of no use for amplifying a flood.
 */
class BindingServerFuzzTest {
    private static final InetSocketAddress SERVER = Bytes.address("198.51.100.1", 3478);
    private static final InetSocketAddress SECOND = Bytes.address("198.51.100.2", 3479);
    private static final InetSocketAddress CLIENT = Bytes.address("203.0.113.9", 5000);

    @FuzzTest(maxDuration = "600s")
    void answersBriefly(byte[] datagrams) {
        BindingServer plain = new BindingServer();
        BindingServer behavior = new BindingServer(BindingOptions.DEFAULT.withAlternate(SERVER, SECOND));
        ByteBuf in = Unpooled.wrappedBuffer(datagrams);
        while (in.readableBytes() > 1) {
            byte[] datagram = new byte[Math.min(in.readUnsignedByte() * 2, in.readableBytes())];
            in.readBytes(datagram);
            // 32 bytes of answer for one of 20, a fingerprint for a fingerprint; unknown attributes are named back, two bytes each
            answer(plain, datagram, 44);
            answer(behavior, datagram, 80);
        }
    }

    private static void answer(BindingServer server, byte[] datagram, int most) {
        server.receive(Datagram.udp(CLIENT, SERVER, Unpooled.wrappedBuffer(datagram)), 0);
        Datagram answer = server.pollTransmit();
        assertThat(server.pollTransmit()).isNull();
        if (answer != null) {
            boolean classic = !StunMessage.is(answer.payload());   // RFC 3489's answers have no cookie, as its requests have none
            assertThat(classic || StunMessage.parse(answer.payload()).method() == StunMethod.BINDING).isTrue();
            assertThat(answer.payload().readableBytes()).isLessThanOrEqualTo(most + datagram.length);
            assertThat(answer.to().getAddress()).isEqualTo(CLIENT.getAddress());
            answer.payload().release();
        }
    }
}
