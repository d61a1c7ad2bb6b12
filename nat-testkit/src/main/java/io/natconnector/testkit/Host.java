package io.natconnector.testkit;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;

/**
 * A host with its addresses, its sockets, and the machines that run on it.
 *
 * <pre>{@code
 * Host alice = net.host("alice", "10.0.1.2").behind(natA);
 * Program agent = alice.run(machine);                     // a SocketMachine opens its sockets itself
 * alice.bind(client, 5000);                               // a plain Machine is given one
 * alice.mutate(client, now -> client.start(now));         // whatever is called on a machine from outside goes this way
 * }</pre>
 */
public final class Host extends Node {
    private final Router internet;
    private final List<Nic> nics = new ArrayList<>(1);
    private final HostSockets sockets;
    private final Map<Machine, Program> programs = new IdentityHashMap<>();
    private final List<Program> inOrder = new ArrayList<>();
    private final HostStreams connections;
    private Bindings firewall;
    private long openingTime;
    private int mostSockets = Integer.MAX_VALUE;
    private int streams;
    private long sent;
    private boolean asleep;

    Host(VirtualInternet net, String name, Core internet, List<InetAddress> addresses) {
        super(net, name);
        this.internet = internet;
        this.sockets = new HostSockets(net.random("ports of " + name));
        this.connections = new HostStreams(net.random("TCP ports of " + name));
        nics.add(new Nic(this, name, internet, addresses));
    }

    /** Puts it into the network inside a NAT. */
    public Host behind(Nat nat) {
        nics.get(0).move(nat, nics.get(0).addresses());
        return this;
    }

    /** Gives it one more interface, inside a NAT, or on the public internet when {@code nat} is {@code null}. */
    public Nic attach(Nat nat, String... addresses) {
        Nic nic = new Nic(this, name() + "/" + nics.size(), nat == null ? internet : nat, Addresses.parseAll(addresses));
        nics.add(nic);
        return nic;
    }

    /** Gives its first interface more addresses. */
    public Host add(String... addresses) {
        Addresses.parseAll(addresses).forEach(nics.get(0)::add);
        return this;
    }

    /** Takes addresses away from whichever interface has them. */
    public Host remove(String... addresses) {
        for (InetAddress address : Addresses.parseAll(addresses)) {
            Nic nic = nicOf(address);
            if (nic != null) {
                nic.remove(address);
            }
        }
        return this;
    }

    /** Takes an interface away for good. */
    public void detach(Nic nic) {
        nic.move(internet, List.of());
        nics.remove(nic);
    }

    /**
     * Moves its first interface: into another network, with other addresses. What is under way is lost; sockets at addresses that
     * it has no more stay open, but nothing comes and what is sent from them is not sent.
     *
     * @param nat the NAT whose network it moves to, or {@code null} for the public internet
     */
    public Host rehost(Nat nat, String... addresses) {
        net().trace().note(net().now(),
                name() + " moves to " + (nat == null ? "the internet" : nat.name()) + " as " + String.join(", ", addresses));
        nics.get(0).move(nat == null ? internet : nat, Addresses.parseAll(addresses));
        return this;
    }

    /** Sets up a stateful firewall that lets in only answers, by what a remote counts as the same for this behaviour. */
    public Host firewall(Behavior filtering) {
        firewall = new Bindings(NatProfile.OPEN.withFiltering(filtering), net().random("firewall " + name()));
        return this;
    }

    /** Lets a {@link io.natconnector.stun.SocketMachine} wait so long for each socket; by default it has it in the same turn. */
    public Host socketsTake(Duration time) {
        openingTime = time.toNanos();
        return this;
    }

    /** Lets no more sockets than that be open at a time; opening more fails. */
    public Host maxSockets(int most) {
        mostSockets = most;
        return this;
    }

    /** The first interface's link to its router. */
    public Link uplink() {
        return nics.get(0).uplink();
    }

    /** The link by which its first interface reaches the public internet: its own, or that of the outermost NAT above it. */
    public Link access() {
        return nics.get(0).access();
    }

    public List<Nic> nics() {
        return List.copyOf(nics);
    }

    /** All addresses of all interfaces. */
    public List<InetAddress> addresses() {
        List<InetAddress> addresses = new ArrayList<>();
        nics.forEach(nic -> addresses.addAll(nic.addresses()));
        return addresses;
    }

    /** The first address. */
    public InetAddress address() {
        return addresses().get(0);
    }

    /** Its first address with that port. */
    public InetSocketAddress endpoint(int port) {
        return new InetSocketAddress(address(), port);
    }

    /** How many datagrams its machines have sent. */
    public long sent() {
        return sent;
    }

    /** How many sockets are open. */
    public int openSockets() {
        return sockets.size();
    }

    /** How many TCP, TLS and DTLS connections are open. */
    public int openConnections() {
        return connections.open();
    }

    HostStreams streams() {
        return connections;
    }

    /** A new source of randomness for something that runs here, from the network's seed, this host, and how often it was asked. */
    public RandomGenerator random() {
        return net().random("host " + name() + " " + streams++);
    }

    /** Starts driving a machine. */
    public Program run(Machine machine) {
        return run(machine, () -> { });
    }

    /**
     * Starts driving a machine.
     *
     * @param afterDrain runs after every drain, to poll the machine's own events; it may also change this machine
     */
    public Program run(Machine machine, Runnable afterDrain) {
        if (programs.containsKey(machine)) {
            throw new IllegalStateException("already running on " + this + ": " + machine);
        }
        Program program = new Program(this, machine, afterDrain);
        start(program, machine);
        return program;
    }

    private void start(Program program, Machine machine) {
        programs.put(machine, program);
        inOrder.add(program);
        program.mutate(now -> { });
    }

    /**
     * Opens a UDP socket for a machine at the host's first address, then starts driving the machine if it isn't driven yet.
     *
     * @param port 0 for a free one, drawn from the seed
     * @return the address that it is bound to
     */
    public InetSocketAddress bind(Machine machine, int port) {
        return bind(machine, endpoint(port));
    }

    /**
     * Opens a UDP socket for a machine, then starts driving the machine if it isn't driven yet.
     *
     * @throws IllegalStateException when the address is not the host's or the port is taken
     */
    public InetSocketAddress bind(Machine machine, InetSocketAddress address) {
        Program running = programs.get(machine);
        if (running != null) {
            return running.bind(address);
        }
        Program program = new Program(this, machine, () -> { });
        InetSocketAddress bound = program.bind(address);      // before the first drain, which may have something to send from it
        start(program, machine);
        return bound;
    }

    /** Changes a machine from outside, then drains it. Within another machine's turn it waits for the end of that. */
    public void mutate(Machine machine, LongConsumer mutation) {
        program(machine).mutate(mutation);
    }

    /**
     * The program that a machine runs as.
     *
     * @throws IllegalStateException when it does not run here
     */
    public Program program(Machine machine) {
        Program program = programs.get(machine);
        if (program == null) {
            throw new IllegalStateException("not running on " + this + ": " + machine);
        }
        return program;
    }

    /**
     * Puts it to sleep, as a closed laptop: no timer fires, nothing arrives, and what is called on its machines from outside waits.
     * Its machines are not told.
     */
    public Host sleep() {
        net().trace().note(net().now(), name() + " falls asleep");
        asleep = true;
        return this;
    }

    /** Wakes it up: its machines see how late it is. */
    public Host wake() {
        net().trace().note(net().now(), name() + " wakes up");
        asleep = false;
        List.copyOf(inOrder).forEach(Program::woken);
        return this;
    }

    /** Opens a socket of a test's own, at the host's first address. */
    public VirtualSocket socket(int port) {
        return socket(endpoint(port));
    }

    /** Opens a socket of a test's own. */
    public VirtualSocket socket(InetSocketAddress address) {
        return new VirtualSocket(this, address);
    }

    boolean has(InetAddress address) {
        return nicOf(address) != null;
    }

    Nic nicOf(InetAddress address) {
        for (Nic nic : nics) {
            if (nic.has(address)) {
                return nic;
            }
        }
        return null;
    }

    /** Between {@link #sleep} and {@link #wake}. */
    public boolean isAsleep() {
        return asleep;
    }

    long openingTime() {
        return openingTime;
    }

    /** Opens a socket; {@code null} when that is impossible. */
    InetSocketAddress open(Program program, InetSocketAddress wanted) {
        InetAddress address = wanted.getAddress();
        if (address == null || !address.isAnyLocalAddress() && !has(address) || sockets.size() >= mostSockets) {
            return null;
        }
        return sockets.open(program, wanted);
    }

    void close(Program program, InetSocketAddress address) {
        sockets.remove(address, program);
    }

    /** Closes the machine's sockets and forgets it. */
    void stopped(Program program, Machine machine) {
        sockets.stopped(program);
        programs.remove(machine, program);
        inOrder.remove(program);
        connections.stopped(program);
    }

    /** Sends what a machine gave away. */
    void send(Program program, Datagram datagram) {
        sent++;
        if (datagram.transport() != Transport.UDP && connections.send(datagram)) {
            datagram.payload().release();
            return;
        }
        InetSocketAddress from = datagram.from();
        Packet packet = net().packet(this, source(from, datagram.to()), datagram.to(), datagram.payload());
        Fate fate = null;
        if (datagram.transport() != Transport.UDP) {
            fate = Fate.UNSUPPORTED;
        } else if (sockets.get(from) != program || !has(packet.from().getAddress())) {
            fate = Fate.UNSENT;
        } else if (packet.to().isUnresolved() || packet.to().getPort() == 0
                || !Addresses.sameFamily(packet.from().getAddress(), packet.to().getAddress())) {
            fate = Fate.NO_ROUTE;
        }
        send(packet, fate);
    }

    /** Sends a part of a connection. */
    void send(Packet segment) {
        send(segment, has(segment.from().getAddress()) ? null : Fate.UNSENT);
    }

    private void send(Packet packet, Fate obstacle) {
        Fate fate = obstacle != null || firewall == null ? obstacle : firewall.out(packet, null, net().now());
        if (fate == null) {
            nicOf(packet.from().getAddress()).send(packet);
        } else {
            packet.end(fate, this);
        }
    }

    /** A socket bound to no address in particular sends from the host's first one of the family. */
    private InetSocketAddress source(InetSocketAddress socket, InetSocketAddress remote) {
        if (!socket.isUnresolved() && socket.getAddress().isAnyLocalAddress() && !remote.isUnresolved()) {
            for (Nic nic : nics) {
                for (InetAddress address : nic.addresses()) {
                    if (Addresses.sameFamily(address, remote.getAddress())) {
                        return new InetSocketAddress(address, socket.getPort());
                    }
                }
            }
        }
        return socket;
    }

    void arrived(Packet packet, Nic nic) {
        Program program = null;
        InetSocketAddress socket = packet.to();
        Fate fate = asleep ? Fate.ASLEEP : nic.has(socket.getAddress()) ? null : Fate.STALE;
        if (fate == null && firewall != null && !has(packet.from().getAddress()) && firewall.in(packet, net().now()) != null) {
            fate = Fate.FILTERED;
        }
        if (fate == null && packet.segment() != null) {
            packet.passed(this);
            packet.end(Fate.DELIVERED, this);
            packet.segment().arrived(this, packet.from(), socket);
            return;
        }
        if (fate == null) {
            program = sockets.get(socket);
            if (program == null) {
                socket = Addresses.wildcard(socket);
                program = sockets.get(socket);
            }
            fate = program == null ? Fate.NO_SOCKET : null;
        }
        packet.passed(this);
        if (fate == null) {
            program.deliver(packet, socket);
        } else {
            packet.end(fate, this);
        }
    }
}
