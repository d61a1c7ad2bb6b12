package io.natconnector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.portmap.PortMapper;
import io.natconnector.portmap.UpnpAnswer;
import io.natconnector.portmap.UpnpCall;
import io.natconnector.stun.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP to a gateway that is not as it should be, over loopback. */
@Timeout(30)
class UpnpCallerTest {
    private final UpnpCaller caller = new UpnpCaller();
    private ServerSocket gateway;

    @BeforeEach
    void listen() throws IOException {
        gateway = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
        caller.close().orTimeout(10, SECONDS).join();
    }

    @Test
    void readsADescription() {
        String xml = "<root><service><serviceType>a</serviceType><controlURL>/b</controlURL></service></root>";

        assertThat(answerTo("HTTP/1.1 200 OK\r\nContent-Length: " + xml.length() + "\r\n\r\n" + xml, 1))
                .isInstanceOfSatisfying(UpnpAnswer.Description.class, description ->
                        assertThat(description.services()).containsExactly(new UpnpAnswer.Service("a", "/b")));
    }

    @Test
    void followsNobodyElsewhere() {
        assertThat(answerTo("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + gateway.getLocalPort()
                + "/other\r\nContent-Length: 0\r\n\r\n", 1)).isEqualTo(new UpnpAnswer.Failed("HTTP status 302"));
    }

    @Test
    void givesUpAnAnswerWithoutAnEnd() {
        assertThat(answerTo("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1000), 1000)).isInstanceOfSatisfying(UpnpAnswer.Failed.class,
                failed -> assertThat(failed.why()).contains("without an end"));
    }

    @Test
    void whatIsNoHttpIsAFailure() {
        assertThat(answerTo("", 1)).isInstanceOf(UpnpAnswer.Failed.class);
    }

    private UpnpAnswer answerTo(String bytes, int times) {
        Thread server = new Thread(() -> {
            try (Socket socket = gateway.accept()) {
                byte[] request = new byte[4096];
                assertThat(socket.getInputStream().read(request)).isPositive();
                OutputStream out = socket.getOutputStream();
                for (int i = 0; i < times; i++) {
                    out.write(bytes.getBytes(US_ASCII));
                }
            } catch (IOException e) {
                // the caller has had enough
            }
        }, "gateway");
        server.start();
        CompletableFuture<UpnpAnswer> answer = new CompletableFuture<>();
        caller.call(description(), answer::complete);
        return answer.orTimeout(20, SECONDS).join();
    }

    /** The call that follows when the gateway has told its location. */
    private UpnpCall description() {
        PortMapper mapper = new PortMapper(new SplittableRandom(1));
        InetSocketAddress local = new InetSocketAddress("127.0.0.1", 5000);
        mapper.add(local, gateway.getInetAddress(), 0);
        ByteBuf found = Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\n"
                + "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: http://127.0.0.1:" + gateway.getLocalPort() + "/d.xml\r\n\r\n", US_ASCII);
        mapper.receive(Datagram.udp(new InetSocketAddress("127.0.0.1", 1900), local, found), 0);
        found.release();
        UpnpCall call = mapper.pollCall();
        mapper.remove(local, 0);
        for (Datagram datagram; (datagram = mapper.pollTransmit()) != null; ) {
            datagram.payload().release();
        }
        return call;
    }
}
