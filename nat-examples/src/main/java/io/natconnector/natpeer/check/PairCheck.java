package io.natconnector.natpeer.check;

import io.natconnector.ConnectReport;
import io.natconnector.NatException;
import io.natconnector.PeerChannel;
import io.natconnector.nat.Directness;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** In the pipeline of the channel: waits until it is settled whether there is a direct path. */
final class PairCheck extends ChannelInboundHandlerAdapter {
    private static final long LOOK_MILLIS = 100;

    private final CompletableFuture<ConnectReport> settled = new CompletableFuture<>();
    private final long patience;
    private long deadline;

    /** @param patience how long to wait for a direct path, once there is any */
    PairCheck(Duration patience) {
        this.patience = patience.toNanos();
    }

    /** What is known then, or when there was no connection at all. */
    CompletableFuture<ConnectReport> settled() {
        return settled;
    }

    /** No channel came of it. */
    void failed(Throwable failure) {
        if (failure instanceof NatException described) {
            settled.complete(described.report());
        } else {
            settled.completeExceptionally(failure);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline = System.nanoTime() + patience;
        look(context);
        context.fireChannelActive();
    }

    private void look(ChannelHandlerContext context) {
        ConnectReport report = ((PeerChannel) context.channel()).report();
        if (report.directness() != Directness.LOOKING || System.nanoTime() >= deadline || !context.channel().isActive()) {
            settled.complete(report);
        } else {
            context.executor().schedule(() -> look(context), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);                  // an echo, or what somebody types over there
    }
}
