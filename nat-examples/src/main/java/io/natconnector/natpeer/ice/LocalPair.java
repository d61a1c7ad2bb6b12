package io.natconnector.natpeer.ice;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two connected legs in this process, that talk to each other directly. Any thread. */
final class LocalPair implements AutoCloseable {
    private final CountDownLatch connected = new CountDownLatch(2);
    private final Side controlling = new Side();
    private final Side controlled = new Side();
    private volatile String failure;

    private LocalPair() {
        controlling.other = controlled;
        controlled.other = controlling;
    }

    /**
     * Connects two legs; blocks.
     *
     * @throws IOException if they don't come together
     */
    static LocalPair connect(Engine engine, IceSetup one, IceSetup other) throws IOException, InterruptedException {
        LocalPair pair = new LocalPair();
        boolean complete = false;
        try {
            pair.controlling.leg = engine.open(one, pair.controlling);
            pair.controlled.leg = engine.open(other, pair.controlled);
            pair.controlling.leg.start();
            pair.controlled.leg.start();
            complete = pair.connected.await(one.timeout().toNanos(), TimeUnit.NANOSECONDS) && pair.failure == null;
        } finally {
            if (!complete) {
                pair.close();
            }
        }
        if (!complete) {
            throw new IOException("two legs in this process did not connect: "
                    + (pair.failure == null ? "no path after " + one.timeout().toSeconds() + " s" : pair.failure));
        }
        return pair;
    }

    Leg controlling() {
        return controlling.leg;
    }

    /** Hands every datagram that reaches the controlled side to it, borrowed. */
    void onReceived(Consumer<ByteBuf> receiver) {
        controlled.receiver = receiver;
    }

    @Override
    public void close() {
        for (Side side : new Side[] {controlling, controlled}) {
            if (side.leg != null) {
                side.leg.close();
            }
        }
    }

    private final class Side implements Leg.Listener {
        private Side other;
        private volatile Leg leg;
        private volatile Consumer<ByteBuf> receiver = datagram -> { };

        @Override
        public void words(PeerWords words) {
            other.leg.hear(words);
        }

        @Override
        public void connected() {
            connected.countDown();
        }

        @Override
        public void received(ByteBuf payload) {
            receiver.accept(payload);
        }

        @Override
        public void failed(String why) {
            failure = why;
            connected.countDown();
            connected.countDown();
        }
    }
}
