package io.natconnector.natpeer.talk;

import io.natconnector.Signaling;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Several carriers at once: each text goes over all of them, and it is enough when one delivers. Two deliver it twice, which does
 * no harm.
 */
final class ManySignals implements Signaling {
    private final List<Signaling> carriers;
    private final BiConsumer<Signaling, String> trouble;

    /** @param trouble hears what is wrong with a carrier, and an empty text when it works; on the carrier's thread */
    ManySignals(List<Signaling> carriers, BiConsumer<Signaling, String> trouble) {
        this.carriers = List.copyOf(carriers);
        this.trouble = trouble;
    }

    @Override
    public void start(String self, Listener listener) {
        boolean[] up = new boolean[carriers.size()];
        for (int i = 0; i < up.length; i++) {
            carriers.get(i).start(self, new One(listener, up, i));
        }
    }

    @Override
    public CompletableFuture<Void> send(String to, String text) {
        CompletableFuture<Void> any = new CompletableFuture<>();
        CompletableFuture<?>[] all = carriers.stream().map(carrier -> carrier.send(to, text)
                .thenRun(() -> any.complete(null))).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all).whenComplete((done, failure) -> {
            if (failure != null) {
                any.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
            }
        });
        return any;
    }

    @Override
    public void networkChanged() {
        carriers.forEach(Signaling::networkChanged);
    }

    @Override
    public void close() {
        carriers.forEach(Signaling::close);
    }

    @Override
    public String toString() {
        return String.join(", ", carriers.stream().map(Object::toString).toList());
    }

    /** It works when one of them does. */
    private final class One implements Listener {
        private final Listener listener;
        private final boolean[] up;
        private final int index;

        One(Listener listener, boolean[] up, int index) {
            this.listener = listener;
            this.up = up;
            this.index = index;
        }

        @Override
        public void received(String from, String text) {
            listener.received(from, text);
        }

        @Override
        public void state(boolean works, String advice) {
            trouble.accept(carriers.get(index), advice);
            boolean any = false;
            synchronized (up) {
                up[index] = works;
                for (boolean one : up) {
                    any |= one;
                }
            }
            listener.state(any, any ? "" : advice);
        }
    }
}
