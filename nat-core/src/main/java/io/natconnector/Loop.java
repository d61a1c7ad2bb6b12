package io.natconnector;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** One event loop, own or borrowed, and what all drivers on it share. */
final class Loop {
    private static final long ANSWER_SECONDS = 2;
    private static final long SHUTDOWN_SECONDS = 3;

    private final EventLoop eventLoop;
    private final EventLoopGroup own;                         // null: borrowed
    private final UdpTransport transport;
    private final ReceiveBuffers receiveBuffers = new ReceiveBuffers();

    private Loop(EventLoop eventLoop, EventLoopGroup own, UdpTransport transport) {
        this.eventLoop = eventLoop;
        this.own = own;
        this.transport = transport;
    }

    /**
     * A thread of its own, which keeps the process alive until it is {@linkplain #end ended}.
     *
     * @param wanted {@code null} for the best there is
     */
    static Loop start(String name, UdpTransport wanted) {
        warmUp();
        UdpTransport transport = wanted != null ? wanted : UdpTransport.best();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name), transport.ioHandler());
        return new Loop(group.next(), group, transport);
    }

    /**
     * The first buffer of a process costs some 80 ms of loading classes, as long as all that comes before it takes, and the first
     * MAC some 30: side by side, a process that starts in order to connect does so the sooner.
     */
    private static void warmUp() {
        Thread thread = new Thread(() -> {
            ByteBufAllocator.DEFAULT.ioBuffer(1).release();
            IntegrityKey key = IntegrityKey.shortTerm("warm-up");
            StunWriter.write(StunMethod.BINDING, StunClass.INDICATION, new TransactionId(0, 0)).sign(key).fingerprint().release();
        }, "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    UdpTransport transport() {
        return transport;
    }

    /** One of the application's. */
    static Loop of(EventLoopGroup group) {
        EventLoop eventLoop = group.next();
        return new Loop(eventLoop, null, UdpTransport.of(eventLoop));
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    boolean isHere() {
        return eventLoop.inEventLoop();
    }

    MachineDriver drive(SocketMachine machine, LongConsumer afterDrain) {
        return drive(machine, ConnectionSettings.USUAL, afterDrain);
    }

    MachineDriver drive(SocketMachine machine, ConnectionSettings connections, LongConsumer afterDrain) {
        return new MachineDriver(machine, eventLoop, transport, receiveBuffers, connections, afterDrain);
    }

    /** Runs it now, if called on the loop, else soon; false when the loop has ended. */
    boolean execute(Runnable task) {
        if (isHere()) {
            task.run();
            return true;
        }
        try {
            eventLoop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Asks on the loop and waits for the answer; the other one when there is none. */
    <T> T ask(Supplier<T> question, T otherwise) {
        if (isHere()) {
            return question.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean runs = execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return runs ? await(answer, MILLISECONDS.convert(ANSWER_SECONDS, SECONDS), otherwise) : otherwise;
    }

    /** Waits, not on the loop; what goes wrong counts as no answer. */
    static <T> T await(CompletableFuture<T> future, long millis, T otherwise) {
        try {
            return future.get(millis, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        } catch (ExecutionException | TimeoutException e) {
            return otherwise;
        }
    }

    /** When all drivers are closed: gives back the buffers, and the thread if it is an own one. Waits for it. */
    void end() {
        if (!execute(receiveBuffers::close)) {
            receiveBuffers.close();
        }
        if (own != null) {
            own.shutdownGracefully(0, SHUTDOWN_SECONDS, SECONDS);
            if (!isHere()) {
                own.terminationFuture().awaitUninterruptibly(SHUTDOWN_SECONDS, SECONDS);
            }
        }
    }

    int receiveBuffersHeld() {
        return receiveBuffers.size();
    }
}
