package io.natconnector.natpeer.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.natconnector.Connector;
import io.natconnector.PeerChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends one file, from where the receiver wants it. Reads it on the event loop: this is an example, and the disk is fast. */
public final class FileSender {
    private static final int CHUNK = 64 * 1024;

    private final FileQuic quic;
    private final Path file;
    private final Progress progress;
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    private FileSender(FileQuic quic, Path file, Progress progress) {
        this.quic = quic;
        this.file = file;
        this.progress = progress;
    }

    /**
     * Connects to a peer and sends it a file.
     *
     * @param connector one that says {@code plaintext()}
     * @param watcher into the channel's pipeline, to hear of its paths
     * @return how many bytes were sent, when the receiver has stored the file; failed when it did not. Then try again: what has
     *         arrived need not be sent once more
     */
    public static CompletableFuture<Long> send(Connector connector, String peer, FileQuic quic, Path file, ChannelHandler watcher,
            Progress progress) {
        FileSender sender = new FileSender(quic, file, progress);
        return connector.connect(peer, pipeline(watcher, quic)).thenCompose(channel -> {
            channel.closeFuture().addListener(closed -> sender.fail(channel.cause()));
            QuicChannel.newBootstrap(channel).handler(new FileQuic.Idle()).streamHandler(new FileQuic.Idle())
                    .remoteAddress(channel.remoteAddress()).connect().addListener(connected -> {
                        if (connected.isSuccess()) {
                            sender.begin(channel, (QuicChannel) connected.getNow());
                        } else {
                            sender.fail(connected.cause());
                        }
                    });
            return sender.done.whenComplete((sent, failure) -> channel.close());
        });
    }

    private static ChannelHandler pipeline(ChannelHandler watcher, FileQuic quic) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(watcher, quic.client());
            }
        };
    }

    private void begin(PeerChannel channel, QuicChannel connection) {
        connection.closeFuture().addListener(closed -> fail(new IOException("the QUIC connection ended")));
        connection.createStream(QuicStreamType.BIDIRECTIONAL, new Stream(channel, connection)).addListener(created -> {
            if (!created.isSuccess()) {
                fail(created.cause());
            }
        });
    }

    private void fail(Throwable cause) {
        done.completeExceptionally(cause);
    }

    private enum State { ASKED, SENDING, SENT }

    private final class Stream extends ByteToMessageDecoder {
        private final PeerChannel channel;
        private final QuicChannel connection;
        private final MessageDigest digest = Digests.sha256();
        private FileChannel source;
        private State state = State.ASKED;
        private long length;
        private long offset;
        private long position;

        Stream(PeerChannel channel, QuicChannel connection) {
            this.channel = channel;
            this.connection = connection;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) throws IOException {
            quic.check(channel.peer(), connection);
            source = FileChannel.open(file);
            length = source.size();
            byte[] name = file.getFileName().toString().getBytes(UTF_8);
            context.writeAndFlush(context.alloc().buffer().writeBytes(quic.ourProof(connection, true)).writeLong(length)
                    .writeShort(name.length).writeBytes(name));
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws IOException {
            if (state == State.ASKED && in.readableBytes() >= FileQuic.PROOF_LENGTH + Long.BYTES) {
                byte[] proof = new byte[FileQuic.PROOF_LENGTH];
                in.readBytes(proof);
                if (!MessageDigest.isEqual(proof, quic.theirProof(connection, true))) {
                    throw new IOException(channel.peer() + " does not know the secret");
                }
                offset = in.readLong();
                if (offset < 0 || offset > length) {
                    throw new IOException(channel.peer() + " does not take " + file.getFileName() + ": it has one of that name");
                }
                skip();
                state = State.SENDING;
                sendMore((QuicStreamChannel) context.channel());
            } else if (state == State.SENT && in.isReadable()) {
                if (in.readByte() != 1) {
                    throw new IOException("what " + channel.peer() + " got is not what was sent; it has dropped it");
                }
                done.complete(length - offset);
            } else {
                in.skipBytes(state == State.SENDING ? in.readableBytes() : 0);
            }
        }

        /** What the receiver has counts for the digest. */
        private void skip() throws IOException {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (position < offset) {
                chunk.clear().limit((int) Math.min(CHUNK, offset - position));
                position += read(chunk);
                digest.update(chunk.flip());
            }
        }

        private int read(ByteBuffer chunk) throws IOException {
            int count = source.read(chunk, position);
            if (count < 0) {
                throw new IOException(file + " has become shorter");
            }
            return count;
        }

        private void sendMore(QuicStreamChannel stream) throws IOException {
            while (state == State.SENDING && stream.isWritable()) {
                if (position == length) {
                    state = State.SENT;
                    stream.writeAndFlush(stream.alloc().buffer().writeBytes(digest.digest()));
                    return;
                }
                ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, length - position));
                position += read(chunk);
                digest.update(chunk.flip());
                stream.writeAndFlush(stream.alloc().buffer(chunk.limit()).writeBytes(chunk.rewind()));
                progress.at(file.getFileName().toString(), position, length);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
            sendMore((QuicStreamChannel) context.channel());
            super.channelWritabilityChanged(context);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(cause.getCause() instanceof IOException inner ? inner : cause);
            connection.close();
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext context) throws IOException {
            if (source != null) {
                source.close();
            }
        }
    }
}
