package io.natconnector.natpeer.ice;

import io.natconnector.Connector;
import io.natconnector.NatException;
import io.natconnector.Path;
import io.natconnector.Peer;
import io.natconnector.PeerChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.CompletableFuture;

/** One peer of one of our connectors. */
final class OurLeg implements Leg {
    private static final int BATCH = 32;

    private final Peer peer;
    private final Runnable afterwards;
    private final Listener listener;
    private volatile PeerChannel channel;

    /** @param afterwards what to do after closing */
    OurLeg(Connector connector, Runnable afterwards, IceSetup setup, Listener listener) {
        this.afterwards = afterwards;
        this.listener = listener;
        this.peer = connector.peer(text -> listener.words(PeerWords.fromFragment(text)));
        peer.role(setup.role()).handler(new Receiver());
    }

    @Override
    public void start() {
        peer.connect().whenComplete((connected, failure) -> {
            if (failure == null) {
                channel = connected;
                listener.connected();
            } else {
                listener.failed(failure.getMessage());
                if (failure instanceof NatException described && described.reason() != NatException.Reason.CLOSED) {
                    System.err.println(described.report());
                }
            }
        });
    }

    @Override
    public void hear(PeerWords words) {
        peer.receive(words.toFragment());
    }

    @Override
    public void send(ByteBuf payload) {
        PeerChannel connected = channel;
        if (connected == null) {
            payload.release();
        } else {
            connected.writeAndFlush(payload, connected.voidPromise());
        }
    }

    @Override
    public long flood(byte[] payload, long nanos) throws InterruptedException {
        PeerChannel connected = channel;
        CompletableFuture<Long> sent = new CompletableFuture<>();
        long end = System.nanoTime() + nanos;
        connected.eventLoop().execute(new Runnable() {
            private long count;

            /** A batch in each turn of the loop, so that what comes in is served, too. */
            @Override
            public void run() {
                for (int i = 0; i < BATCH && connected.isWritable(); i++, count++) {
                    connected.write(Unpooled.wrappedBuffer(payload), connected.voidPromise());
                }
                connected.flush();
                if (System.nanoTime() < end && connected.isActive()) {
                    connected.eventLoop().execute(this);
                } else {
                    sent.complete(count);
                }
            }
        });
        return sent.join();
    }

    @Override
    public LegPath path() {
        Path path = channel == null ? null : channel.path();
        return path == null ? null : new LegPath(type(path.localKind()), type(path.remoteKind()), path.local(), path.remote());
    }

    private static String type(Path.Kind kind) {
        return switch (kind) {
            case HOST -> "host";
            case REFLEXIVE -> "srflx";
            case RELAYED -> "relay";
        };
    }

    @Override
    public void close() {
        peer.close();
        afterwards.run();
    }

    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
            if (channel == null) {
                channel = (PeerChannel) context.channel();     // a ping may be here before we are told
            }
            listener.received(datagram.content());
        }
    }
}
