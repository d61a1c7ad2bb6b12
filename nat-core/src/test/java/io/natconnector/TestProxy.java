package io.natconnector;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that knows CONNECT, for those who show the right account. */
final class TestProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final String authorization;

    TestProxy(String account) throws IOException {
        authorization = "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8));
        run(this::acceptAll);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** The first lines of all that was asked for. */
    List<String> requests() {
        return requests;
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void run(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // The test is over
            }
        }, "test-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() throws IOException {
        while (true) {
            Socket client = track(listener.accept());
            run(() -> serve(client));
        }
    }

    private Socket track(Socket socket) {
        open.add(socket);
        return socket;
    }

    private void serve(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) client.getInputStream().read());
        }
        String first = head.substring(0, head.indexOf("\r\n"));
        requests.add(first);
        if (head.indexOf("Proxy-Authorization: " + authorization + "\r\n") < 0) {
            client.getOutputStream().write("HTTP/1.1 407 Proxy Authentication Required\r\nX: y\r\n\r\n".getBytes(
                    StandardCharsets.US_ASCII));
            return;
        }
        String place = first.split(" ")[1];
        int colon = place.lastIndexOf(':');
        Socket server = track(new Socket(place.substring(0, colon), Integer.parseInt(place.substring(colon + 1))));
        client.getOutputStream().write("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n".getBytes(
                StandardCharsets.US_ASCII));
        run(() -> pass(client.getInputStream(), server.getOutputStream()));
        pass(server.getInputStream(), client.getOutputStream());
        client.close();
    }

    private static void pass(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count; (count = from.read(buffer)) >= 0; ) {
            to.write(buffer, 0, count);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
