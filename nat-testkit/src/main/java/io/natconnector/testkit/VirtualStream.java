package io.natconnector.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * A connection: messages that arrive whole, once and in their order. Each is a packet that goes the way of all packets, over links
 * and through NATs, and is sent again when the network has lost it; there are no acknowledgements, as the network itself tells what
 * became of a packet. TCP takes one round trip to stand, TLS and DTLS two.
 */
final class VirtualStream {
    private static final long FIRST_RESEND = MILLISECONDS.toNanos(200);
    /** A connection that is not made by then fails, as that of a real driver. */
    private static final long CONNECT_TIME = SECONDS.toNanos(10);
    /** What does not get through for so long is given up, and the connection with it. */
    private static final long GIVE_UP = SECONDS.toNanos(30);
    /** The number of a step that ends the connection. */
    private static final int END = -1;

    private final SocketRequest request;
    private final int steps;
    private final long begun;
    private final Side client;
    private Side server;
    private boolean over;

    VirtualStream(Program program, SocketRequest request, InetSocketAddress local) {
        this.request = request;
        this.steps = request.transport() == Transport.TCP ? 3 : 5;
        this.client = new Side(program, new FiveTuple(request.transport(), local, request.remote()), request.raw());
        this.begun = client.now();
    }

    void begin() {
        client.send(1, new byte[0]);
    }

    /** One end of it. */
    final class Side {
        final FiveTuple tuple;
        private final Program program;
        private final Map<Long, Segment> early = new HashMap<>();
        private final Queue<byte[]> held = new ArrayDeque<>();
        private boolean paused;
        private boolean told;
        private long nextOut;
        private long nextIn;

        Side(Program program, FiveTuple tuple, boolean paused) {
            this.program = program;
            this.tuple = tuple;
            this.paused = paused;
        }

        private long now() {
            return program.host().net().now();
        }

        void send(byte[] message) {
            send(0, message);
        }

        private void send(int step, byte[] message) {
            new Segment(this, nextOut++, step, message).transmit();
        }

        void close() {
            if (!over) {
                send(END, new byte[0]);
                end();
            }
        }

        boolean belongsTo(Program other) {
            return program == other;
        }

        void pause() {
            paused = true;
        }

        void resume() {
            paused = false;
            while (!paused && !held.isEmpty()) {
                program.receive(tuple, held.remove());
            }
        }

        private void take(Segment segment) {
            early.put(segment.number, segment);
            for (Segment next; (next = early.remove(nextIn)) != null; ) {
                nextIn++;
                if (next.step == END) {
                    end();
                } else if (next.step > 0) {
                    step(next.step);
                } else if (paused) {
                    held.add(next.message);
                } else {
                    program.receive(tuple, next.message);
                }
            }
        }

        private void step(int step) {
            if (step < steps) {
                send(step + 1, new byte[0]);
            }
            if (step == steps || step == steps - 1) {
                told = true;
                program.host().streams().add(this);
                if (this == client) {
                    program.tell(machine -> machine.connectionOpened(request, tuple, now()));
                } else {
                    program.tell(machine -> machine.connectionAccepted(tuple, now()));
                }
            }
        }

        /** The machine is told once; the other side finds out by itself. */
        void end() {
            program.host().streams().remove(this);
            if (told) {
                told = false;
                program.tell(machine -> machine.connectionClosed(tuple, now()));
            } else if (this == client && !over) {
                program.tell(machine -> machine.connectionFailed(request, "nobody is there", now()));
            }
            over |= this == client || server == null;
        }
    }

    /** One message under way. */
    final class Segment {
        private final Side from;
        private final long number;
        private final int step;
        private final byte[] message;
        private final long first;
        private long pause = FIRST_RESEND;
        private boolean arrived;

        Segment(Side from, long number, int step, byte[] message) {
            this.from = from;
            this.number = number;
            this.step = step;
            this.message = message;
            this.first = from.now();
        }

        private void transmit() {
            Host host = from.program.host();
            Packet packet = host.net().packet(host, from.tuple.local(), from.tuple.remote(), Unpooled.wrappedBuffer(message));
            packet.carries(this);
            host.send(packet);
        }

        /** The network has lost it. */
        void lost(Fate fate) {
            boolean hopeless = fate == Fate.NO_SOCKET || from.now() - first > GIVE_UP
                    || from == client && !client.told && from.now() - begun > CONNECT_TIME;
            if (arrived || over && step != END) {
                return;
            }
            if (hopeless) {
                breakOff(from);
                return;
            }
            Event again = Event.of(this::transmit);
            from.program.host().net().timeline().plan(again, from.now() + pause);
            pause *= 2;
        }

        /** It has reached a host. */
        void arrived(Host host, InetSocketAddress source, InetSocketAddress socket) {
            if (arrived) {
                return;
            }
            if (step == 1 && server == null && !over) {
                Program listener = host.streams().listener(request.transport(), socket);
                if (listener == null) {
                    lost(Fate.NO_SOCKET);
                    return;
                }
                server = new Side(listener, new FiveTuple(request.transport(), socket, source), host.streams().isRaw(socket));
            }
            Side to = from == client ? server : client;
            if (to == null || !source.equals(to.tuple.remote())) {
                lost(Fate.NO_SOCKET);                         // a NAT in between has forgotten: the other end knows no such peer
                return;
            }
            arrived = true;
            to.take(this);
        }
    }

    /** Nothing gets through any more. */
    private void breakOff(Side noticed) {
        boolean both = noticed == client || server == null;
        noticed.end();
        if (both && server != null) {
            server.end();
        } else if (!both) {
            client.end();
        }
        over = true;
    }
}
