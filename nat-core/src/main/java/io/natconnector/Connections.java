package io.natconnector;

import io.natconnector.dtls.Handshakes;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that a {@link MachineDriver} has open besides UDP sockets: listeners for connections, and connections. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    /** Handshakes of DTLS at a time, each of which holds a thread where there are no virtual ones: in all, and of one network. */
    private static final int MOST_HANDSHAKES = 500;
    private static final int MOST_HANDSHAKES_OF_ONE_NETWORK = 50;

    private record Place(Transport transport, InetSocketAddress address) { }

    private final MachineDriver driver;
    private final SocketMachine machine;
    private final UdpTransport kind;
    private final ConnectionSettings settings;
    private final Map<Place, ConnectionListener> listeners = new HashMap<>();
    private final Map<FiveTuple, Connection> connections = new HashMap<>();
    private final Set<Connection> coming = new HashSet<>();   // that can't be used yet
    private final Headcount accepted;
    private final Headcount handshaking = new Headcount(MOST_HANDSHAKES, MOST_HANDSHAKES_OF_ONE_NETWORK);
    private final List<Connection> unflushed = new ArrayList<>();
    private Handshakes handshakes;                            // once there is one

    Connections(MachineDriver driver, SocketMachine machine, UdpTransport kind, ConnectionSettings settings) {
        this.driver = driver;
        this.machine = machine;
        this.kind = kind;
        this.settings = settings;
        this.accepted = new Headcount(settings.limits().total(), settings.limits().perNetwork());
    }

    MachineDriver driver() {
        return driver;
    }

    UdpTransport kind() {
        return kind;
    }

    ConnectionSettings settings() {
        return settings;
    }

    /** All that is asked for but closing, which comes last in a turn. */
    void handle(SocketRequest request) {
        switch (request.kind()) {
            case OPEN -> listen(request);
            case CONNECT -> connect(request);
            default -> adjust(request);
        }
    }

    private void connect(SocketRequest request) {
        if (request.transport() == Transport.DTLS) {
            failed(request, "no DTLS to servers here");
        } else {
            new StreamConnection(this, request).connect();
        }
    }

    private void adjust(SocketRequest request) {
        Connection connection = connections.get(request.connection());
        if (connection == null) {
            return;                                           // it was closed before the machine could know
        }
        switch (request.kind()) {
            case RAW -> connection.raw();
            case PAUSE -> connection.pause();
            default -> connection.resume();
        }
    }

    private void listen(SocketRequest request) {
        boolean can = settings.canListen(request.transport());
        if (can && request.transport() == Transport.DTLS) {
            new DtlsListener(this, request).open();
        } else if (can) {
            new StreamListener(this, request).open();
        } else {
            listening(request, null, new UnsupportedOperationException("no certificate for " + request.transport()));
        }
    }

    /** A listener stands, or does not. */
    void listening(SocketRequest request, ConnectionListener listener, Throwable failure) {
        boolean stands = failure == null && !driver.isClosed();
        if (!stands) {
            LOG.info("Nobody listens for {} at {}: {}", request.transport(), request.address(),
                    failure == null ? "closed meanwhile" : failure.toString());
        } else {
            listeners.put(new Place(request.transport(), listener.bound()), listener);
        }
        driver.counters().settled.up();
        driver.run(now -> machine.socketOpened(request, stands ? listener.bound() : null, now));
        if (listener != null && !stands) {
            listener.close();
        }
    }

    /** Whether one more from there may come in; it counts from now on, until it is {@link #gone}. */
    boolean admit(InetAddress source) {
        if (!accepted.hasRoom(source) || driver.isClosed()) {
            driver.counters().turnedAway.up();
            return false;
        }
        accepted.came(source);
        return true;
    }

    /** How many are in, or are about to be. */
    int admitted() {
        return accepted.total();
    }

    /** One that was admitted is no more. */
    void gone(InetAddress source) {
        accepted.went(source);
    }

    /** The same for one that has to go through a handshake here, which counts until it is {@link #handshakeOver}. */
    boolean admitHandshake(InetAddress source) {
        if (!handshaking.hasRoom(source)) {
            driver.counters().turnedAway.up();
            return false;
        }
        boolean admitted = admit(source);
        if (admitted) {
            handshaking.came(source);
        }
        return admitted;
    }

    void handshakeOver(InetAddress source) {
        handshaking.went(source);
    }

    /** What handshakes of DTLS run on. */
    Handshakes handshakes() {
        if (handshakes == null) {
            handshakes = Handshakes.beside();
        }
        return handshakes;
    }

    /** One is on its way: it is given up when the driver ends before it can be used. */
    void coming(Connection connection) {
        coming.add(connection);
    }

    /** A connection that somebody has made to us can be used. */
    void accepted(Connection connection) {
        coming.remove(connection);
        connections.put(connection.tuple(), connection);
        driver.run(now -> machine.connectionAccepted(connection.tuple(), now));
    }

    /** A connection that we have made can be used. */
    void opened(Connection connection, SocketRequest request) {
        coming.remove(connection);
        connections.put(connection.tuple(), connection);
        driver.run(now -> machine.connectionOpened(request, connection.tuple(), now));
    }

    void failed(SocketRequest request, String reason) {
        driver.run(now -> machine.connectionFailed(request, reason, now));
    }

    void closed(Connection connection) {
        coming.remove(connection);
        if (connection.tuple() != null && connections.remove(connection.tuple(), connection)) {
            driver.run(now -> machine.connectionClosed(connection.tuple(), now));
        }
    }

    void writable(Connection connection, boolean writable) {
        if (connections.get(connection.tuple()) == connection) {
            driver.run(now -> machine.connectionWritable(connection.tuple(), writable, now));
        }
    }

    void write(Datagram datagram) {
        Connection connection = connections.get(new FiveTuple(datagram.transport(), datagram.from(), datagram.to()));
        if (connection == null) {
            datagram.payload().release();
            driver.counters().homeless.up();
        } else if (connection.write(datagram.payload())) {
            unflushed.add(connection);
        }
    }

    void flush() {
        for (int i = 0; i < unflushed.size(); i++) {
            unflushed.get(i).flush();
        }
        unflushed.clear();
    }

    void close(SocketRequest request) {
        if (request.remote() == null) {
            ConnectionListener listener = listeners.remove(new Place(request.transport(), request.address()));
            if (listener != null) {
                listener.close();
            }
        } else {
            Connection connection = connections.get(request.connection());
            if (connection != null) {
                connection.close();
            }
        }
    }

    /** The driver ends; what was written still gets its chance to leave. */
    void closeAll() {
        List.copyOf(listeners.values()).forEach(ConnectionListener::close);
        listeners.clear();
        List.copyOf(connections.values()).forEach(Connection::close);
        List.copyOf(coming).forEach(Connection::closeNow);
        if (handshakes != null) {
            handshakes.close();
        }
    }
}
