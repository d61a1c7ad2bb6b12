package io.natconnector.natpeer.ice;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** One side of one ICE session. Methods may be called by any thread; the listener is called by threads of the engine. */
interface Leg extends AutoCloseable {
    /** Begins to gather; the listener hears from now on. */
    void start();

    /** Takes in what the other side has said, all of it each time. */
    void hear(PeerWords words);

    /** Sends a datagram of the application and takes it over; dropped when there is no path. */
    void send(ByteBuf payload);

    /**
     * Sends copies of a datagram as fast as it goes; blocks.
     *
     * @return how many
     */
    default long flood(byte[] payload, long nanos) throws InterruptedException {
        long sent = 0;
        for (long start = System.nanoTime(); System.nanoTime() - start < nanos; sent++) {
            send(Unpooled.wrappedBuffer(payload));
        }
        return sent;
    }

    /** The pair in use, or {@code null}. */
    LegPath path();

    @Override
    void close();

    /** What a leg says. */
    interface Listener {
        /** Tell this to the other side. All that there is to tell, each time there is more. */
        void words(PeerWords words);

        /** Data may be sent, and something has been answered on the path. Once. */
        void connected();

        /** A datagram of the other side's application; borrowed. */
        void received(ByteBuf payload);

        /** It is over. At most once. */
        void failed(String why);
    }
}
