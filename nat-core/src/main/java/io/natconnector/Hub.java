package io.natconnector;

import io.natconnector.dtls.KeyLifetime;
import io.natconnector.portmap.UpnpCall;
import io.natconnector.relay.RelayAccess;
import io.natconnector.session.Encryption;
import io.natconnector.session.Endpoint;
import io.natconnector.session.PeerSession;
import io.natconnector.session.SessionEvent;
import io.natconnector.session.SessionSettings;
import io.natconnector.session.Words;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * An endpoint on real sockets, and whose its sessions are. One serves all peers of a connector, or each peer has one of its own.
 *
 * <p>On the event loop alone.
 */
final class Hub implements Servers.Listener {
    private final Endpoint endpoint;
    private final MachineDriver driver;
    private final Servers servers;
    private final GatewayLookup gateways;
    private final Map<PeerSession, Call> calls = new HashMap<>();
    private final List<Call> readers = new ArrayList<>();     // got data in the present drain
    private final Queue<Call> blockedWriters = new ArrayDeque<>(0);
    private final List<PeerSession> over = new ArrayList<>();
    private final List<Runnable> gatherListeners = new ArrayList<>();
    private final UpnpCaller upnp = new UpnpCaller();
    private final Chronicle chronicle;
    private boolean gathered;
    private PeerSession lastSession;
    private Call lastCall;
    private int port;

    /** @param security by which its sessions encrypt, {@code null} for plaintext */
    Hub(Loop loop, RandomGenerator random, Security security, Servers servers, GatewayLookup gateways,
            ConnectionSettings connections, Chronicle chronicle) {
        this.endpoint = new Endpoint(random, security == null ? null
                : new Encryption(security.identity(), security.random(), true, KeyLifetime.DEFAULT,
                        security.handshakes(), this::wake));
        this.gateways = gateways;
        this.chronicle = chronicle;
        this.servers = servers;
        this.driver = loop.drive(endpoint, connections, this::drain);
    }

    /** Opens the sockets and begins to ask the servers. */
    void start(List<InetAddress> addresses, int onPort) {
        port = onPort;
        driver.run(now -> addresses.forEach(address -> open(address, now)));
        servers.add(this);
    }

    private void open(InetAddress address, long now) {
        gateways.gateway(address).ifPresent(gateway -> endpoint.addGateway(address, gateway, now));
        endpoint.open(new InetSocketAddress(address, port));
    }

    /** The machine's addresses are these now: sockets of others are closed, new ones are opened, and paths are looked for. */
    void addresses(List<InetAddress> usable) {
        gathered = false;
        driver.run(now -> {
            List<InetAddress> bound = endpoint.sockets().stream().map(InetSocketAddress::getAddress).toList();
            endpoint.sockets().stream().filter(socket -> !usable.contains(socket.getAddress()))
                    .forEach(socket -> endpoint.removeSocket(socket, now));
            usable.stream().filter(address -> !bound.contains(address)).forEach(address -> open(address, now));
        });
    }

    /** The machine has slept, or may have: see what is left. */
    void awoke() {
        driver.run(endpoint::awoke);
    }

    MachineDriver driver() {
        return driver;
    }

    @Override
    public void stunServer(InetSocketAddress server) {
        driver.run(now -> endpoint.addStunServer(server, now));
    }

    @Override
    public void relay(RelayAccess relay) {
        driver.run(now -> endpoint.addRelay(relay, now));
    }

    @Override
    public void everyServerKnown() {
        driver.run(endpoint::everyServerKnown);
    }

    /** From a handshake's thread; what comes after the end of the loop is not missed. */
    private void wake(PeerSession session) {
        driver.run(now -> endpoint.proceed(session, now));
    }

    /** Opens a session for the call; its words come at once. */
    void connect(Call call, SessionSettings settings) {
        driver.run(now -> {
            PeerSession session = endpoint.connect(settings, now);
            calls.put(session, call);
            lastSession = null;
            call.session(session);
        });
    }

    /** Whether the words were of that session; else the peer has started anew. */
    boolean hear(PeerSession session, Words words) {
        boolean[] ours = {true};
        driver.run(now -> ours[0] = endpoint.hear(session, words, now));
        return ours[0];
    }

    boolean isWritable() {
        return driver.isWritable();
    }

    /** Lets the call's channel go on writing once the sockets take datagrams again. */
    void awaitWritable(Call call) {
        blockedWriters.add(call);
    }

    /** Sends a datagram, which it borrows; false: it was dropped, as there was no path. The driver must be told afterwards. */
    boolean send(PeerSession session, ByteBuf payload, long now) {
        return endpoint.send(session, payload, driver.outlet(), now);
    }

    /** Whether such a datagram is known to be too long for the path. Borrows it. */
    boolean refuses(PeerSession session, ByteBuf payload, long now) {
        return endpoint.refuses(session, payload, now);
    }

    /** Ends a session whose peer has started anew. */
    void replaced(PeerSession session) {
        driver.run(now -> endpoint.replaced(session, now));
    }

    void close(PeerSession session) {
        driver.run(now -> endpoint.close(session, now));
    }

    /** Takes the session away from its call, which has another one. */
    void forget(PeerSession session) {
        calls.remove(session);
        lastSession = null;
    }

    ConnectReport report(String peer, PeerSession session) {
        var report = endpoint.report(session, driver.now());
        return ConnectReport.of(peer, report, servers.reports(report.servers()));
    }

    NetworkReport networkReport() {
        return NetworkReport.of(endpoint.sockets(), endpoint.candidates(), servers.reports(endpoint.serverReports()));
    }

    /** Whether all servers have answered or not; gateways are given a moment, too. */
    boolean isEverybodyHeard() {
        return endpoint.isGatheringComplete() && endpoint.portMappings().isSettled(driver.now());
    }

    /** Called after each drain, until it is removed. */
    void addGatherListener(Runnable listener) {
        gatherListeners.add(listener);
    }

    void removeGatherListener(Runnable listener) {
        gatherListeners.remove(listener);
    }

    int sessions() {
        return calls.size();
    }

    /** Says bye to all peers and gives everything back. */
    CompletableFuture<Void> close() {
        servers.remove(this);
        return driver.close(endpoint::close).thenCompose(closed -> upnp.close());
    }

    /** Hands on what the endpoint has to tell: from here, and only from here, user code is called. */
    private void drain(long now) {
        for (SessionEvent event; (event = endpoint.pollEvent()) != null; ) {
            Call call = callOf(event.session());
            if (call != null) {
                publish(call, event);
            } else if (event instanceof SessionEvent.Data data) {
                data.payload().release();
            }
        }
        for (UpnpCall call; (call = endpoint.portMappings().pollCall()) != null; ) {
            UpnpCall wanted = call;
            upnp.call(wanted, answer -> driver.run(later -> endpoint.answered(wanted, answer, later)));
        }
        lastSession = null;
        while (!readers.isEmpty()) {
            readers.remove(readers.size() - 1).channel().readComplete();
        }
        for (int i = 0; i < over.size(); i++) {
            calls.remove(over.get(i));                        // only now: a session says its bye after its end
        }
        over.clear();
        resumeWriters();
        tellOfGathering();
        if (!gatherListeners.isEmpty()) {
            List.copyOf(gatherListeners).forEach(Runnable::run);
        }
    }

    private void tellOfGathering() {
        if (!gathered && isEverybodyHeard()) {
            gathered = true;
            chronicle.gathered(this);
        }
    }

    /** Most events are data, and many of one session come one after the other. */
    private Call callOf(PeerSession session) {
        if (session != lastSession) {
            lastSession = session;
            lastCall = calls.get(session);
        }
        return lastCall;
    }

    private void publish(Call call, SessionEvent event) {
        if (event instanceof SessionEvent.Data data) {
            if (call.channel().receive(data.payload())) {
                readers.add(call);
            }
        } else {
            call.handle(event);
            if (event instanceof SessionEvent.Ended) {
                over.add(event.session());
            }
        }
    }

    /** Lets those go on that found the sockets full. */
    private void resumeWriters() {
        while (!blockedWriters.isEmpty() && driver.isWritable()) {
            blockedWriters.remove().channel().resumeWriting();
        }
    }
}
