package io.natconnector.natpeer.demo;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.PeerChannel;
import io.natconnector.signal.InProcessExchange;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Connects two connectors in this JVM, so that the time it takes to load classes is not taken for that to connect. */
final class DemoRehearsal {
    private static final int TIMEOUT_SECONDS = 10;
    private static final int ROUND_TRIPS = 10;

    private DemoRehearsal() { }

    /** @param builders makes builders that lack a name and signalling */
    static void run(Supplier<ConnectorBuilder> builders) throws IOException, InterruptedException {
        InProcessExchange exchange = new InProcessExchange();
        DemoTalk talk = new DemoTalk();
        try (Connector one = builders.get().name("one").signaling(exchange.signaling()).build();
                Connector other = builders.get().name("other").signaling(exchange.signaling()).build()) {
            other.listen(channel -> channel.pipeline().addLast(new DemoTalk()));
            PeerChannel channel = one.connect("other", talk).get(TIMEOUT_SECONDS, SECONDS);
            for (int i = 0; i < ROUND_TRIPS; i++) {
                talk.roundTrip(channel, i);
            }
            channel.report();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the rehearsal failed: " + e.getMessage(), e);
        }
    }
}
