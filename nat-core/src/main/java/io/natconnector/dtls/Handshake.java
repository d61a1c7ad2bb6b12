package io.natconnector.dtls;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;

/**
 * Bouncy Castle's blocking handshake, one step at a time: its thread waits in {@link #receive} until the owner has a datagram for
 * it, and what it sends until it waits again is one flight. It is never told that a wait is over, so the wall clock has no say.
 *
 * <p>Afterwards it is of no use any more.
 */
final class Handshake implements DatagramTransport, Runnable {
    /** With what is put in front of a record, room for one of the largest usual datagrams. */
    static final int MAX_HANDSHAKE_DATAGRAM = 4096;
    private static final int MAX_WAITING = 64;

    /** The handshake itself. */
    interface Dialogue {
        DTLSTransport talk(DatagramTransport wire) throws IOException;
    }

    private final Handshakes threads;
    private final Dialogue dialogue;
    private final int mtu;
    private final Runnable wake;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<byte[]> inbox = new ArrayDeque<>();
    private final Queue<List<byte[]>> flights = new ArrayDeque<>();
    private List<byte[]> written = new ArrayList<>();
    private boolean waiting;
    private boolean cancelled;
    private boolean over;
    private boolean agreed;
    private Exception failure;

    /** @param mtu how long a datagram may be */
    Handshake(Handshakes threads, Dialogue dialogue, int mtu, Runnable wake) {
        this.threads = threads;
        this.dialogue = dialogue;
        this.mtu = mtu;
        this.wake = wake;
    }

    void start() {
        try {
            threads.begin(this);
            settle();
        } catch (RejectedExecutionException e) {
            over = true;
            failure = new IOException("there are no threads any more", e);
        }
    }

    /** Hands over a datagram; too many at a time are dropped. */
    void put(byte[] datagram) {
        lock.lock();
        try {
            if (!over && inbox.size() < MAX_WAITING) {
                inbox.add(datagram);
                waiting = false;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        settle();
    }

    /** Gives up, and lets the thread go. */
    void cancel() {
        lock.lock();
        try {
            cancelled = true;
            waiting = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        settle();
    }

    private void settle() {
        if (!threads.isInStep()) {
            return;
        }
        lock.lock();
        try {
            while (!waiting && !over) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next flight of records to send, or {@code null}. */
    List<byte[]> pollFlight() {
        lock.lock();
        try {
            return flights.poll();
        } finally {
            lock.unlock();
        }
    }

    boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /** Whether both sides have come to an end that they are content with. */
    boolean isAgreed() {
        return agreed;
    }

    /** Why nothing came of it, or {@code null}. */
    Exception failure() {
        return failure;
    }

    @Override
    public void run() {
        threads.takeTurn();
        DTLSTransport established = null;
        Exception problem = null;
        try {
            established = dialogue.talk(this);
        } catch (IOException | RuntimeException e) {
            problem = e;
        } finally {
            threads.endTurn();
            finish(established, problem);
            wake();
        }
    }

    private void finish(DTLSTransport established, Exception problem) {
        lock.lock();
        try {
            closeFlight();
            agreed = established != null;
            failure = problem == null && established == null ? new IOException("the handshake broke off") : problem;
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void closeFlight() {
        if (!written.isEmpty()) {
            flights.add(written);
            written = new ArrayList<>();
        }
    }

    private void wake() {
        if (!threads.isInStep()) {
            wake.run();
        }
    }

    @Override
    public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
        byte[] datagram = next();
        int count = Math.min(length, datagram.length);
        System.arraycopy(datagram, 0, buffer, offset, count);
        return count;
    }

    private byte[] next() throws IOException {
        boolean news;
        lock.lock();
        try {
            news = !written.isEmpty();
            closeFlight();
        } finally {
            lock.unlock();
        }
        if (news) {
            wake();
        }
        threads.endTurn();
        try {
            return await();
        } finally {
            threads.takeTurn();
        }
    }

    private byte[] await() throws IOException {
        lock.lock();
        try {
            while (inbox.isEmpty() && !cancelled) {
                waiting = true;
                changed.signalAll();
                changed.awaitUninterruptibly();
            }
            if (cancelled) {
                throw new IOException("given up");
            }
            return inbox.remove();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void send(byte[] buffer, int offset, int length) {
        written.add(Arrays.copyOfRange(buffer, offset, offset + length));
    }

    @Override
    public int getReceiveLimit() {
        return MAX_HANDSHAKE_DATAGRAM;
    }

    @Override
    public int getSendLimit() {
        return mtu;
    }

    @Override
    public void close() { }
}
