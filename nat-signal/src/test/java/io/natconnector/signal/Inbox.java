package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.Signaling;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A listener that remembers, and lets a test wait for what it hears. */
final class Inbox implements Signaling.Listener {
    static final long PATIENCE_SECONDS = 20;

    record Heard(String from, String text) {
    }

    record State(boolean up, String advice) {
    }

    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<State> states = new LinkedBlockingQueue<>();

    @Override
    public void received(String from, String text) {
        heard.add(new Heard(from, text));
    }

    @Override
    public void state(boolean up, String advice) {
        states.add(new State(up, advice));
    }

    Heard next() throws InterruptedException {
        Heard next = heard.poll(PATIENCE_SECONDS, SECONDS);
        assertThat(next).as("something is heard within %s s; states not yet looked at: %s", PATIENCE_SECONDS, states).isNotNull();
        return next;
    }

    /** Waits for that state, past others. */
    State awaitState(boolean up) throws InterruptedException {
        for (State state = nextState(); ; state = nextState()) {
            if (state.up() == up) {
                return state;
            }
        }
    }

    private State nextState() throws InterruptedException {
        State state = states.poll(PATIENCE_SECONDS, SECONDS);
        assertThat(state).as("a state is told within %s s", PATIENCE_SECONDS).isNotNull();
        return state;
    }

    boolean isEmpty() {
        return heard.isEmpty();
    }
}
