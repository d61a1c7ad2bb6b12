package io.natconnector;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UDPTransport;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/** Bouncy Castle's own client of DTLS, which blocks and keeps time by the clock. */
final class DtlsClient implements AutoCloseable {
    private static final int RECORD_HEADER = 13;
    private static final int MESSAGE_HEADER = 12;
    private static final int MTU = 1400;
    private static final int READ_MILLIS = 10_000;

    private final DatagramSocket socket;
    private final DTLSTransport transport;
    private final int port;
    private byte[] shown;

    private DtlsClient(DatagramSocket socket) throws IOException {
        this.socket = socket;
        this.port = socket.getLocalPort();
        this.transport = new DTLSClientProtocol().connect(new Choices(), new UDPTransport(socket, MTU));
    }

    static DtlsClient connect(InetSocketAddress server) throws IOException {
        return connect(server, 0);
    }

    static DtlsClient connect(InetSocketAddress server, int port) throws IOException {
        DatagramSocket socket = new DatagramSocket(port, InetAddress.getLoopbackAddress());
        socket.connect(server);
        return new DtlsClient(socket);
    }

    /** The words by which a client begins. */
    static byte[] hello() {
        byte[][] first = new byte[1][];
        DatagramTransport nobody = new DatagramTransport() {
            @Override
            public int getReceiveLimit() {
                return MTU;
            }

            @Override
            public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
                throw new IOException("nobody answers");
            }

            @Override
            public int getSendLimit() {
                return MTU;
            }

            @Override
            public void send(byte[] buffer, int offset, int length) {
                first[0] = first[0] == null ? Arrays.copyOfRange(buffer, offset, offset + length) : first[0];
            }

            @Override
            public void close() { }
        };
        try {
            new DTLSClientProtocol().connect(new Silent(), nobody);
            throw new AssertionError("it has connected to nobody");
        } catch (IOException e) {
            return first[0];
        }
    }

    /** The same with the cookie of the server's answer (RFC 6347, section 4.2.1). */
    static byte[] withCookie(byte[] hello, byte[] answer) {
        int cookieAt = RECORD_HEADER + MESSAGE_HEADER + 2 + 32 + 1;
        int length = answer[RECORD_HEADER + MESSAGE_HEADER + 2];
        ByteBuffer again = ByteBuffer.allocate(hello.length + length);
        again.put(hello, 0, cookieAt).put((byte) length).put(answer, RECORD_HEADER + MESSAGE_HEADER + 3, length)
                .put(hello, cookieAt + 1, hello.length - cookieAt - 1);
        int message = again.capacity() - RECORD_HEADER - MESSAGE_HEADER;
        again.put(RECORD_HEADER - 3, (byte) 1).putShort(RECORD_HEADER - 2, (short) (message + MESSAGE_HEADER));
        again.putShort(RECORD_HEADER + 2, (short) message).putShort(RECORD_HEADER + 4, (short) 1);
        return again.putShort(RECORD_HEADER + 10, (short) message).array();
    }

    int port() {
        return port;
    }

    /** The certificate that the server has shown. */
    byte[] shown() {
        return shown;
    }

    void send(byte[] message) throws IOException {
        transport.send(message, 0, message.length);
    }

    /** The next message; {@code null} if none comes. */
    byte[] read() throws IOException {
        byte[] buffer = new byte[transport.getReceiveLimit()];
        int length = transport.receive(buffer, 0, buffer.length, READ_MILLIS);
        return length < 0 ? null : Arrays.copyOf(buffer, length);
    }

    /** Goes without a word. */
    void vanish() {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }

    private static class Silent extends DefaultTlsClient {
        Silent() {
            super(new JcaTlsCryptoProvider().create(new SecureRandom()));
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.DTLSv12.only();
        }

        @Override
        public TlsAuthentication getAuthentication() {
            throw new AssertionError("nobody has shown a certificate");
        }
    }

    private final class Choices extends Silent {
        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
                    shown = certificate.getCertificate().getCertificateAt(0).getEncoded();
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    throw new AssertionError("a client of ours is asked for a certificate");
                }
            };
        }
    }
}
