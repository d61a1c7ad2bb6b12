package io.natconnector.signal;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A broker that knows MQTT 3.1.1 only, as much of it as it takes to be up. One client at a time. */
final class OldBroker implements AutoCloseable {
    /** Fixed header of 2 bytes, then the protocol's name with its length, then the version. */
    private static final int VERSION_AT = 6;

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
    private final List<Integer> versions = new CopyOnWriteArrayList<>();
    private final byte[] refusal;

    private OldBroker(byte[] refusal) throws IOException {
        this.refusal = refusal;
    }

    /** @param refusal in hex, what it says to version 5 before it hangs up */
    static OldBroker answering(String refusal) throws IOException {
        OldBroker broker = new OldBroker(HexFormat.of().parseHex(refusal));
        Background.run("old broker", broker::serve);
        return broker;
    }

    int port() {
        return server.getLocalPort();
    }

    /** The versions that clients wanted to speak so far, as they stand in CONNECT. */
    List<Integer> versions() {
        return versions;
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                serve(new DataInputStream(client.getInputStream()), client.getOutputStream());
            } catch (IOException e) {
                continue;                                      // the client is gone, or the test is over
            }
        }
    }

    private void serve(DataInputStream in, OutputStream out) throws IOException {
        int version = packet(in)[VERSION_AT];
        versions.add(version);
        if (version == 5) {
            out.write(refusal);
            return;
        }
        out.write(HexFormat.of().parseHex("20020000"));
        byte[] subscribe = packet(in);
        out.write(new byte[] {(byte) 0x90, 3, subscribe[0], subscribe[1], 1});
        in.read();                                             // until the client leaves
    }

    /** What follows the fixed header of a packet shorter than 128 bytes. */
    private static byte[] packet(DataInputStream in) throws IOException {
        in.readByte();
        byte[] packet = new byte[in.readByte()];
        in.readFully(packet);
        return packet;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
