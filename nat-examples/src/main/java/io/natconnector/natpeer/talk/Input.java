package io.natconnector.natpeer.talk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Cuts standard input into datagrams: a line each, or blocks as they come. */
final class Input {
    /** What passes every path in one piece. */
    static final int MAX_DATAGRAM = 1200;

    private final InputStream in;
    private final boolean raw;

    /** @param raw whether each block that can be read at once is a datagram; if not, each line is, with its end */
    Input(InputStream in, boolean raw) {
        this.in = in;
        this.raw = raw;
    }

    /** Blocks until the input ends. A line that does not fit into a datagram goes in several. */
    void forEach(Consumer<byte[]> datagrams) throws IOException {
        if (raw) {
            byte[] block = new byte[MAX_DATAGRAM];
            for (int length; (length = in.read(block)) >= 0; ) {
                datagrams.accept(Arrays.copyOf(block, length));
            }
            return;
        }
        InputStream buffered = new BufferedInputStream(in);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read; (read = buffered.read()) >= 0; ) {
            line.write(read);
            if (read == '\n' || line.size() == MAX_DATAGRAM) {
                datagrams.accept(line.toByteArray());
                line.reset();
            }
        }
        if (line.size() > 0) {
            datagrams.accept(line.toByteArray());
        }
    }
}
