package io.natconnector.natpeer.demo;

import io.natconnector.Signaling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** Shows the words that pass: which addresses we told, which we heard. */
final class ObservedSignaling implements Signaling {
    private static final String CANDIDATE = "a=candidate:";

    private final Signaling carrier;
    private final BiConsumer<String, List<String>> observer;

    /**
     * @param observer takes {@code told} or {@code heard}, and addresses as {@code TYPE ADDRESS:PORT}; or {@code up}, when peers
     *     can be spoken to
     */
    ObservedSignaling(Signaling carrier, BiConsumer<String, List<String>> observer) {
        this.carrier = carrier;
        this.observer = observer;
    }

    @Override
    public void start(String self, Listener listener) {
        carrier.start(self, new Listener() {
            @Override
            public void received(String from, String text) {
                observer.accept("heard", candidates(text));
                listener.received(from, text);
            }

            @Override
            public void state(boolean up, String advice) {
                if (up) {
                    observer.accept("up", List.of());
                }
                listener.state(up, advice);
            }
        });
    }

    @Override
    public CompletableFuture<Void> send(String to, String text) {
        observer.accept("told", candidates(text));
        return carrier.send(to, text);
    }

    /** RFC 8839, section 5.1: foundation, component, transport, priority, address, port, "typ", type. */
    private static List<String> candidates(String text) {
        List<String> candidates = new ArrayList<>();
        text.lines().filter(line -> line.startsWith(CANDIDATE)).forEach(line -> {
            String[] words = line.split(" ");
            String host = words[4].indexOf(':') >= 0 ? "[" + words[4] + "]" : words[4];
            candidates.add(words[7] + " " + host + ":" + words[5]);
        });
        return candidates;
    }

    @Override
    public void networkChanged() {
        carrier.networkChanged();
    }

    @Override
    public void close() {
        carrier.close();
    }
}
