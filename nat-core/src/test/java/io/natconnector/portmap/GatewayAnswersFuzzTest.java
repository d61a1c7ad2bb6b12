package io.natconnector.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.natconnector.stun.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;

/**
 * A target for Jazzer: a gateway, or who pretends to be it, answers PCP, NAT-PMP, SSDP and UPnP with whatever the input says, while
 * time passes. The mapper asks on, at its pace, and nothing is thrown.
 */
class GatewayAnswersFuzzTest {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.1.2", 5000);

    @FuzzTest(maxDuration = "600s")
    void asksOnWhateverIsAnswered(byte[] script) throws UnknownHostException {
        ByteBuf in = Unpooled.wrappedBuffer(script);
        PortMapper mapper = new PortMapper(new SplittableRandom(1));
        InetAddress gateway = InetAddress.getByName("10.0.1.1");
        mapper.add(LOCAL, gateway, 0);
        UpnpCall call = drain(mapper, null);
        long now = 0;
        for (int step = 0; step < 200 && in.readableBytes() > 2; step++) {
            int what = in.readUnsignedByte();
            byte[] bytes = new byte[Math.min(in.readUnsignedByte() * 4, in.readableBytes())];
            in.readBytes(bytes);
            if (what % 4 == 0) {
                receive(mapper, new InetSocketAddress(gateway, 5351), bytes, now);
            } else if (what % 4 == 1) {
                receive(mapper, new InetSocketAddress(gateway, 1900), bytes, now);
            } else if (what % 4 == 2) {
                UpnpAnswer answer = what > 127 ? UpnpXml.description(bytes) : UpnpXml.outcome(bytes, what > 63);
                if (call != null) {
                    mapper.answered(call, answer, now);
                }
            } else {
                now = Math.max(now, Math.min(mapper.nextTimeout(), now + (1L << what % 50)));
                mapper.handleTimeout(now);
            }
            call = drain(mapper, call);
        }
        mapper.close(now);
        drain(mapper, null);
        assertThat(mapper.statuses()).isEmpty();
    }

    private static void receive(PortMapper mapper, InetSocketAddress from, byte[] bytes, long now) {
        ByteBuf payload = Unpooled.wrappedBuffer(bytes);
        mapper.receive(Datagram.udp(from, LOCAL, payload), now);
        assertThat(payload.refCnt()).as("borrowed").isOne();
    }

    /** Answers the last call that is waited for. */
    private static UpnpCall drain(PortMapper mapper, UpnpCall last) {
        int sent = 0;
        for (Datagram datagram; (datagram = mapper.pollTransmit()) != null; sent++) {
            datagram.payload().release();
        }
        assertThat(sent).as("datagrams at a time").isLessThan(20);
        while (mapper.pollEvent() != null) {
            sent++;
        }
        UpnpCall newest = last;
        for (UpnpCall next; (next = mapper.pollCall()) != null;) {
            newest = next;
        }
        return newest;
    }
}
