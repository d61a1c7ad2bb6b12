package io.natconnector.natpeer.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.natconnector.PeerChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.quic.QuicChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes files into a directory: {@code NAME.part} until all of it is there, {@code NAME} then. A name that is taken is refused.
 * Writes on the event loop: this is an example, and the disk is fast. All channels must be of one connector.
 */
public final class FileReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(FileReceiver.class);
    private static final int CHUNK = 64 * 1024;
    private static final long REFUSED = -1;
    private static final int HEADER_LENGTH = FileQuic.PROOF_LENGTH + Long.BYTES + Short.BYTES;

    private final FileQuic quic;
    private final Path directory;
    private final Progress progress;
    private final Consumer<Path> received;
    private final Set<Path> underway = new HashSet<>();

    /** @param received told of each file that is stored, on the event loop */
    public FileReceiver(FileQuic quic, Path directory, Progress progress, Consumer<Path> received) {
        this.quic = quic;
        this.directory = directory;
        this.progress = progress;
        this.received = received;
    }

    /** Prepares the channel of a peer that may send files. */
    public void accept(PeerChannel channel) {
        channel.pipeline().addLast(quic.server(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Stream(channel.peer(), (QuicChannel) stream.parent()));
            }
        }));
    }

    private enum State { BEGINNING, RECEIVING, OVER }

    private final class Stream extends ByteToMessageDecoder {
        private final String peer;
        private final QuicChannel connection;
        private final MessageDigest digest = Digests.sha256();
        private State state = State.BEGINNING;
        private Path target;
        private Path part;
        private FileChannel sink;
        private long length;
        private long position;

        Stream(String peer, QuicChannel connection) {
            this.peer = peer;
            this.connection = connection;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws IOException {
            if (state == State.BEGINNING) {
                begin(context, in);
            } else if (state == State.RECEIVING && position < length) {
                int count = (int) Math.min(in.readableBytes(), length - position);
                write(in.readSlice(count));
            } else if (state == State.RECEIVING && in.readableBytes() >= digest.getDigestLength()) {
                byte[] expected = new byte[digest.getDigestLength()];
                in.readBytes(expected);
                finish(context, MessageDigest.isEqual(expected, digest.digest()));
            } else if (state == State.OVER) {
                in.skipBytes(in.readableBytes());
            }
        }

        private void begin(ChannelHandlerContext context, ByteBuf in) throws IOException {
            int nameAt = in.readerIndex() + HEADER_LENGTH;
            if (in.readableBytes() < HEADER_LENGTH
                    || in.readableBytes() < HEADER_LENGTH + in.getUnsignedShort(nameAt - Short.BYTES)) {
                return;
            }
            byte[] proof = new byte[FileQuic.PROOF_LENGTH];
            in.readBytes(proof);
            if (!MessageDigest.isEqual(proof, quic.theirProof(connection, false))) {
                throw new IOException(peer + " does not know the secret");
            }
            quic.check(peer, connection);
            length = in.readLong();
            String name = in.readCharSequence(in.readUnsignedShort(), UTF_8).toString();
            if (length < 0 || !isName(name)) {
                throw new IOException(peer + " sends no name of a file: '" + name + "'");
            }
            target = directory.resolve(name);
            part = directory.resolve(name + ".part");
            boolean refused = Files.exists(target) || !underway.add(target);
            if (!refused) {
                open();
            }
            context.writeAndFlush(context.alloc().buffer().writeBytes(quic.ourProof(connection, false))
                    .writeLong(refused ? REFUSED : position));
            state = refused ? State.OVER : State.RECEIVING;
        }

        private boolean isName(String name) {
            return !name.isEmpty() && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ')
                    && !name.equals(".") && !name.equals("..") && !name.endsWith(".part");
        }

        /** What is there from before counts for the digest. */
        private void open() throws IOException {
            sink = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (sink.size() > length) {
                sink.truncate(0);
            }
            long there = sink.size();
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (position < there) {
                position += sink.read(chunk.clear(), position);
                digest.update(chunk.flip());
            }
        }

        private void write(ByteBuf bytes) throws IOException {
            digest.update(bytes.nioBuffer());
            while (bytes.isReadable()) {
                position += bytes.readBytes(sink, position, bytes.readableBytes());
            }
            progress.at(target.getFileName().toString(), position, length);
        }

        private void finish(ChannelHandlerContext context, boolean right) throws IOException {
            close();
            if (right) {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.delete(part);
            }
            context.writeAndFlush(context.alloc().buffer().writeByte(right ? 1 : 0));
            if (right) {
                received.accept(target);
            }
        }

        private void close() throws IOException {
            if (state == State.RECEIVING) {
                underway.remove(target);
                sink.close();
            }
            state = State.OVER;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.warn("A file of {} was given up: {}", peer, cause.getMessage());
            connection.close();
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext context) throws IOException {
            close();
        }
    }
}
