package io.natconnector.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class SocketRequestTest {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 5000);
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.2", 5349);

    @Test
    void namesTheConnectionThatIsMeant() {
        FiveTuple connection = new FiveTuple(Transport.TLS, LOCAL, SERVER);

        assertThat(SocketRequest.close(connection).connection()).isEqualTo(connection);
        assertThat(SocketRequest.pause(connection).connection()).isEqualTo(connection);
        assertThat(SocketRequest.closeUdp(LOCAL).connection()).isNull();
        assertThat(SocketRequest.listenRaw(LOCAL).connection()).isNull();
    }

    @Test
    void asksForNothingThatDoesNotExist() {
        assertThatIllegalArgumentException().isThrownBy(() -> SocketRequest.connect(Transport.UDP, LOCAL, SERVER, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new SocketRequest(SocketRequest.Kind.PAUSE, Transport.TCP, LOCAL));
        assertThatIllegalArgumentException().isThrownBy(
                () -> new SocketRequest(SocketRequest.Kind.OPEN, Transport.TCP, LOCAL, SERVER, false, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new FiveTuple(Transport.UDP, LOCAL, SERVER));
    }
}
