package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.SocketRequest;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class UnfragmentedTest {
    /** Linux's IP_MTU_DISCOVER; 3 is IP_PMTUDISC_PROBE. */
    private static final IntegerUnixChannelOption IP_MTU_DISCOVER = new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);

    @Test
    void epollKeepsDatagramsWholeWhereThatIsWished() {
        Assumptions.assumeTrue(UdpTransport.best() == UdpTransport.EPOLL, "needs epoll");
        DatagramChannel channel = UdpTransport.EPOLL.newChannel(SocketProtocolFamily.INET);
        int before = channel.config().getOption(IP_MTU_DISCOVER);

        UdpTransport.EPOLL.keepWhole(channel, InetAddress.getLoopbackAddress());

        assertThat(before).isNotEqualTo(3);
        assertThat(channel.config().getOption(IP_MTU_DISCOVER)).isEqualTo(3);
        channel.unsafe().closeForcibly();
        assertThat(SocketRequest.openUnfragmented(new InetSocketAddress(0)).dontFragment()).isTrue();
    }
}
