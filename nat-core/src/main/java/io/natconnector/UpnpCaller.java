package io.natconnector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.natconnector.portmap.UpnpAnswer;
import io.natconnector.portmap.UpnpCall;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Does HTTP requests to the home gateway, one after the other, on a thread that exists only meanwhile. Gateways speak plain HTTP,
 * and slowly; the JDK's old client blocks, but starts no threads of its own and leaves none.
 */
final class UpnpCaller {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 3_000;
    /** In all: an answer that drips must not keep the next request waiting for ever. */
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final ThreadPoolExecutor executor;

    UpnpCaller() {
        executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(64), task -> {
            Thread thread = new Thread(task, "nat-upnp");
            thread.setDaemon(true);
            return thread;
        }) {
            @Override
            protected void terminated() {
                closed.complete(null);
            }
        };
        executor.allowCoreThreadTimeOut(true);
    }

    /** @param then gets the answer, on another thread; also when there is none */
    void call(UpnpCall call, Consumer<UpnpAnswer> then) {
        try {
            executor.execute(() -> then.accept(answer(call)));
        } catch (RejectedExecutionException e) {
            then.accept(new UpnpAnswer.Failed("too many requests"));
        }
    }

    private static UpnpAnswer answer(UpnpCall call) {
        long deadline = System.nanoTime() + MOST_NANOS;
        HttpURLConnection connection = null;
        try {
            connection = (HttpURLConnection) call.uri().toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setInstanceFollowRedirects(false);     // it might lead to another host
            connection.setUseCaches(false);
            connection.setRequestProperty("Connection", "close");
            connection.setRequestProperty("User-Agent", "NatConnector UPnP/1.1");
            if (call.body() != null) {
                byte[] body = call.body().getBytes(UTF_8);
                connection.setRequestMethod("POST");
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(body.length);
                connection.setRequestProperty("Content-Type", "text/xml; charset=\"utf-8\"");
                connection.setRequestProperty("SOAPACTION", call.soapAction());
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return call.read(status, in == null ? new byte[0] : readAll(in, deadline));
            }
        } catch (IOException | RuntimeException e) {
            return new UpnpAnswer.Failed(e.toString());
        } finally {
            if (connection != null) {
                connection.disconnect();
            }
        }
    }

    private static byte[] readAll(InputStream in, long deadline) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] part = new byte[4096];
        for (int count; (count = in.read(part)) >= 0; ) {
            all.write(part, 0, count);
            if (all.size() > UpnpCall.LONGEST_ANSWER || System.nanoTime() > deadline) {
                throw new IOException("an answer without an end");
            }
        }
        return all.toByteArray();
    }

    /** Lets the requests that wait be done, the last of which give ports back. */
    CompletableFuture<Void> close() {
        executor.shutdown();
        return closed;
    }
}
