package io.natconnector;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.natconnector.mdns.LocalNames;
import io.natconnector.session.SessionSettings;
import io.natconnector.session.Words;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connector: its contacts, and the hubs that their calls go over. All but the public face is on the event loop. */
final class DefaultConnector implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(DefaultConnector.class);
    /** Sessions of peers that are over, by which late words of theirs are known. */
    private static final int MAX_FORMER = 1024;
    private static final long FAREWELL_MILLIS = 1_000;
    private static final long CLOSE_MILLIS = 5_000;

    private final ConnectorBuilder.Settings settings;
    private final Loop loop;
    private final Servers servers;
    private final Mail mail;
    private final ConnectorCounters counters = new ConnectorCounters();
    private final Chronicle chronicle;
    private final SyntheticAddresses addresses = new SyntheticAddresses();
    private final Map<String, Contact> contacts = new HashMap<>();
    private final Set<Hub> hubs = new LinkedHashSet<>();
    private final NatExaminations examinations;
    private final LocalNames localNames;
    private final Set<Long> former = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MAX_FORMER;
        }
    });
    private final AtomicBoolean closing = new AtomicBoolean();
    private NetworkWatch watch;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicLong peersMade = new AtomicLong();
    private volatile Consumer<PeerChannel> initializer;
    private Hub shared;
    private int strangers;

    DefaultConnector(ConnectorBuilder.Settings settings) {
        this.settings = settings;
        this.loop = settings.eventLoopGroup() != null ? Loop.of(settings.eventLoopGroup())
                : Loop.start("nat-" + settings.name(), settings.transport());
        this.servers = new Servers(settings.servers(), settings.nameLookup(), loop.eventLoop());
        this.chronicle = new Chronicle(settings.observer());
        this.examinations = new NatExaminations(loop, servers, this::localAddresses, settings.random());
        this.localNames = NameThreads.localNames(settings, loop, counters);
        this.mail = settings.signaling() == null ? null : new Mail(settings.signaling(), this);
    }

    void start() {
        execute(() -> {
            chronicle.started(this);
            servers.start();
            if (!settings.portPerPeer()) {
                shared = newHub();
            }
            if (settings.addresses().isEmpty()) {
                watch();
            }
        });
        if (mail == null) {
            return;
        }
        try {
            mail.start(settings.name());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Where the application has not said which addresses to use, those that there are at any time are used. */
    private void watch() {
        watch = new NetworkWatch(loop.eventLoop(), () -> Interfaces.usable(servers.known()), Interfaces.usable(servers.known()),
                new NetworkWatch.Listener() {
                    @Override
                    public void addresses(List<InetAddress> usable) {
                        if (mail != null) {
                            mail.networkChanged();            // first: what there is to say now must not go the old way
                        }
                        hubs.forEach(hub -> hub.addresses(usable));
                    }

                    @Override
                    public void awoke() {
                        hubs.forEach(Hub::awoke);
                    }
                });
        watch.start();
    }

    private Hub newHub() {
        Hub hub = new Hub(loop, settings.random(), settings.security(), servers, settings.gatewayLookup(),
                settings.connections(), chronicle);
        hubs.add(hub);
        hub.start(localAddresses(), settings.port());
        return hub;
    }

    private List<InetAddress> localAddresses() {
        return settings.addresses().isEmpty() ? Interfaces.usable(servers.known()) : settings.addresses();
    }

    @Override
    public CompletableFuture<PeerChannel> connect(String peer, ChannelHandler handler) {
        checkName(peer);
        return connect(() -> contacts.computeIfAbsent(peer, this::named), peer, handler);
    }

    private void checkName(String peer) {
        Objects.requireNonNull(peer, "peer");
        if (mail == null) {
            throw new IllegalStateException("there is no signaling(...) to ask " + peer + " by; without it use peer(words -> ...)");
        }
        if (peer.equals(settings.name())) {
            throw new IllegalArgumentException(peer + " is our own name");
        }
    }

    private Contact named(String peer) {
        return new Contact(this, peer, true, text -> mail.say(peer, text));
    }

    private CompletableFuture<PeerChannel> connect(Supplier<Contact> contact, String peer, ChannelHandler handler) {
        CompletableFuture<PeerChannel> future = new CompletableFuture<>();
        boolean runs = execute(() -> {
            if (closing.get()) {
                fail(future, peer);
            } else {
                contact.get().connect(handler, future);
            }
        });
        if (!runs) {
            fail(future, peer);
        }
        return future;
    }

    private static void fail(CompletableFuture<PeerChannel> future, String peer) {
        future.completeExceptionally(new NatException(NatException.Reason.CLOSED, "the connector is closed",
                ConnectReport.empty(peer)));
    }

    @Override
    public PeerSocket open(String peer) throws IOException {
        checkMayBlock();
        return QueueSocket.open(handler -> connect(peer, handler));
    }

    void checkMayBlock() {
        if (loop.isHere()) {
            throw new IllegalStateException("open() blocks: not on the event loop, use connect() there");
        }
    }

    @Override
    public void listen(Consumer<PeerChannel> next) {
        initializer = Objects.requireNonNull(next, "initializer");
    }

    @Override
    public Peer peer(Consumer<String> words) {
        Objects.requireNonNull(words, "words");
        String name = "peer-" + peersMade.incrementAndGet();
        Contact contact = new Contact(this, name, false, text -> {
            try {
                words.accept(text);
            } catch (RuntimeException e) {
                LOG.warn("The words for {} could not be carried", name, e);
            }
        });
        return new DefaultPeer(this, contact);
    }

    /** For a peer made by hand. */
    CompletableFuture<PeerChannel> connect(Contact contact, ChannelHandler handler, Role role) {
        return connect(() -> {
            contact.settings(sessionSettings().withRole(role == null ? null
                    : role == Role.CONTROLLING ? io.natconnector.ice.IceRole.CONTROLLING : io.natconnector.ice.IceRole.CONTROLLED));
            return contact;
        }, contact.name(), handler);
    }

    @Override
    public CompletableFuture<NetworkReport> check(Duration timeout) {
        long nanos = timeout.toNanos();
        CompletableFuture<NetworkReport> future = new CompletableFuture<>();
        boolean runs = execute(() -> {
            if (closing.get()) {
                future.completeExceptionally(new IllegalStateException("the connector is closed"));
            } else {
                check(shared != null ? shared : newHub(), nanos, future);
            }
        });
        if (!runs) {
            future.completeExceptionally(new IllegalStateException("the connector is closed"));
        }
        return future;
    }

    private void check(Hub hub, long nanos, CompletableFuture<NetworkReport> future) {
        Runnable whenComplete = () -> {
            if (hub.isEverybodyHeard()) {
                future.complete(hub.networkReport());
            }
        };
        var timer = loop.eventLoop().schedule(() -> future.complete(hub.networkReport()), nanos, NANOSECONDS);
        hub.addGatherListener(whenComplete);
        future.whenComplete((report, failure) -> execute(() -> {
            timer.cancel(false);
            hub.removeGatherListener(whenComplete);
            if (hub != shared) {
                retire(hub);
            }
        }));
        whenComplete.run();
    }

    @Override
    public CompletableFuture<List<NatReport>> examineNat(List<Duration> idle) {
        return examinations.begin(idle);
    }

    /** Words of a peer by signalling. */
    void hear(String from, Words words) {
        if (closing.get() || from.equals(settings.name())) {
            return;
        }
        // In the map before it hears anything: its answer may bring more words of the peer at once
        Contact contact = contacts.computeIfAbsent(from, this::named);
        contact.hear(words);
        if (contact.call() == null) {
            contacts.remove(from, contact);
        } else {
            contacts.put(from, contact);                      // its old call may have ended, and a new one begun
        }
    }

    /** Whether a peer that nobody here has asked for may come in. */
    boolean acceptsStranger() {
        return initializer != null && strangers < settings.maxStrangers() && !closing.get();
    }

    Call newCall(Contact contact, boolean incoming) {
        Hub hub = settings.portPerPeer() ? newHub() : shared;
        strangers += incoming ? 1 : 0;
        return new Call(contact, hub, addresses.local(), addresses.next(contact.name()), incoming);
    }

    void ended(Contact contact, Call call) {
        strangers -= call.isIncoming() ? 1 : 0;
        if (contact.isNamed() && contact.call() == null) {
            contacts.remove(contact.name(), contact);
        }
        if (settings.portPerPeer()) {
            loop.eventLoop().execute(() -> retire(call.hub()));  // once its last words are said
        }
    }

    private void retire(Hub hub) {
        hub.close().thenRun(() -> execute(() -> hubs.remove(hub)));
    }

    void former(long peerSession) {
        if (peerSession != 0) {
            former.add(peerSession);
        }
    }

    boolean isFormer(long peerSession) {
        return former.contains(peerSession);
    }

    Optional<String> objection(String peer, PeerIdentity proved) {
        return settings.security().knownPeers().objection(peer, proved);
    }

    SessionSettings sessionSettings() {
        return settings.sessions();
    }

    Consumer<PeerChannel> initializer() {
        return initializer;
    }

    Mail mail() {
        return mail;
    }

    LocalNames localNames() {
        return localNames;
    }

    ConnectorCounters counters() {
        return counters;
    }

    Chronicle chronicle() {
        return chronicle;
    }

    RandomGenerator random() {
        return settings.random();
    }

    boolean execute(Runnable task) {
        return loop.execute(task);
    }

    <T> T onLoop(Supplier<T> question, T otherwise) {
        return loop.ask(question, otherwise);
    }

    Loop loop() {
        return loop;
    }

    List<MachineDriver> drivers() {
        return onLoop(() -> hubs.stream().map(Hub::driver).toList(), List.of());
    }

    @Override
    public ConnectorStatistics statistics() {
        return onLoop(() -> ConnectorStatistics.of(hubs, counters), ConnectorStatistics.of(List.of(), counters));
    }

    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            CompletableFuture<Void> everyHub = new CompletableFuture<>();
            boolean runs = execute(() -> {
                if (watch != null) {
                    watch.stop();
                }
                examinations.close();
                CompletableFuture.allOf(new ArrayList<>(hubs).stream().map(Hub::close).toArray(CompletableFuture[]::new))
                        .thenRun(() -> {
                            chronicle.closed(this);
                            everyHub.complete(null);
                        });
            });
            if (!runs) {
                everyHub.complete(null);
            }
            if (loop.isHere()) {
                new Thread(() -> finish(everyHub), "nat-close-" + settings.name()).start();
            } else {
                finish(everyHub);
            }
        } else if (!loop.isHere()) {
            Loop.await(closed, CLOSE_MILLIS, null);
        }
    }

    /** Not on the loop: waits until the farewells have left, then gives back the rest. */
    private void finish(CompletableFuture<Void> everyHub) {
        Loop.await(everyHub, CLOSE_MILLIS, null);
        if (mail != null) {
            Loop.await(mail.everythingSaid(), FAREWELL_MILLIS, null);
            mail.close();
        }
        localNames.close();
        loop.end();
        if (settings.security() != null) {
            settings.security().handshakes().close();
        }
        closed.complete(null);
    }
}
