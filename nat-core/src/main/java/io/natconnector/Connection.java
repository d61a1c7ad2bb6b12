package io.natconnector;

import io.natconnector.stun.FiveTuple;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;

/** One of the {@link Connections} of a driver. */
interface Connection {
    FiveTuple tuple();

    /** For an accepted one, who has connected; {@code null} for one that was made here. */
    InetAddress acceptedFrom();

    /** Takes a message, or some raw bytes, over. Whether it must be flushed now and had not to be before. */
    boolean write(ByteBuf payload);

    void flush();

    /** See {@link io.natconnector.stun.SocketRequest.Kind#RAW}. */
    void raw();

    void pause();

    void resume();

    /** Closes it after what was written has left, if that does not take long. */
    void close();

    /** Closes it now. */
    void closeNow();
}
