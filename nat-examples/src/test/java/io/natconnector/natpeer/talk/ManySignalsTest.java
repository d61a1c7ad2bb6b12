package io.natconnector.natpeer.talk;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.Signaling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ManySignalsTest {
    private final Carrier one = new Carrier();
    private final Carrier other = new Carrier();
    private final List<String> states = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final List<String> received = new ArrayList<>();
    private final ManySignals both = new ManySignals(List.of(one, other), (carrier, advice) -> troubles.add(advice));

    @Test
    void itWorksAsLongAsOneOfThemDoes() {
        start();

        one.listener.state(false, "no broker");
        other.listener.state(true, "");
        one.listener.state(true, "");
        other.listener.state(false, "no directory");

        assertThat(states).containsExactly("down no broker", "up", "up", "up");
        assertThat(troubles).containsExactly("no broker", "", "", "no directory");
    }

    @Test
    void aTextGoesOverAllAndItIsEnoughWhenOneTakesIt() {
        start();

        CompletableFuture<Void> sent = both.send("bob", "words");
        one.sent.completeExceptionally(new IOException("no broker"));
        assertThat(sent).isNotDone();
        other.sent.complete(null);

        assertThat(sent).isCompleted();
        assertThat(one.texts).containsExactly("bob words");
        assertThat(other.texts).containsExactly("bob words");
    }

    @Test
    void aTextThatNobodyTakesFails() {
        start();

        CompletableFuture<Void> sent = both.send("bob", "words");
        one.sent.completeExceptionally(new IOException("no broker"));
        other.sent.completeExceptionally(new IOException("no directory"));

        assertThat(sent).isCompletedExceptionally();
    }

    @Test
    void whatEitherBringsIsHeardAndBothAreClosed() {
        start();

        one.listener.received("bob", "a");
        other.listener.received("bob", "a");
        both.close();

        assertThat(received).containsExactly("bob a", "bob a");
        assertThat(one.closed).isTrue();
        assertThat(other.closed).isTrue();
    }

    private void start() {
        both.start("alice", new Signaling.Listener() {
            @Override
            public void received(String from, String text) {
                received.add(from + " " + text);
            }

            @Override
            public void state(boolean up, String advice) {
                states.add(up ? "up" : "down " + advice);
            }
        });
    }

    private static final class Carrier implements Signaling {
        private final List<String> texts = new ArrayList<>();
        private final CompletableFuture<Void> sent = new CompletableFuture<>();
        private Listener listener;
        private boolean closed;

        @Override
        public void start(String self, Listener told) {
            listener = told;
        }

        @Override
        public CompletableFuture<Void> send(String to, String text) {
            texts.add(to + " " + text);
            return sent;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
