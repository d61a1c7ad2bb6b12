package io.natconnector.dtls;

import io.netty.util.concurrent.FastThreadLocal;

/** Where the records of one thread are sealed and opened, one at a time. Arrays, as the JVM's ciphers copy all else into such. */
final class Scratch {
    private static final FastThreadLocal<Scratch> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };
    private static final int USUAL = 2048;

    private byte[] in = new byte[USUAL];
    private byte[] out = new byte[USUAL];

    private Scratch() { }

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    byte[] in(int length) {
        if (in.length < length) {
            in = new byte[length];
        }
        return in;
    }

    byte[] out(int length) {
        if (out.length < length) {
            out = new byte[length];
        }
        return out;
    }
}
