package io.natconnector.survey;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.natconnector.stun.BehaviorDiscovery;
import io.natconnector.stun.BindingLifetime;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.HairpinTest;
import io.natconnector.stun.Machine;
import io.natconnector.stun.NatBehavior;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunBinding;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * Examines the NAT in front of one local address, on sockets of its own: asks all servers from one socket, and each of them from
 * another one by the tests of RFC 5780, which a server with two addresses answers. Where there is none, several servers still tell
 * about the mapping, and hairpinning needs no server; filtering stays unknown. Takes two or three seconds, as a NAT that filters
 * lets a test run to its end; with times for idle bindings as long as the longest of them, too.
 */
public final class NatSurvey implements SocketMachine {
    /** More would not tell more, and each costs a socket and a mapping. */
    public static final int MAX_SERVERS = 4;

    /** Of each test; short, since silence is an answer. */
    private static final Retransmission SCHEDULE = Retransmission.of(MILLISECONDS.toNanos(1600), 0, MILLISECONDS.toNanos(200),
            MILLISECONDS.toNanos(600));

    private final List<InetSocketAddress> servers;
    private final InetAddress local;
    private final List<Long> idle;
    private final RandomGenerator random;
    private final Queue<SocketRequest> requests = new ArrayDeque<>();
    private final List<InetSocketAddress> sockets = new ArrayList<>();
    private final List<StunBinding> bindings = new ArrayList<>();
    private final List<BehaviorDiscovery> discoveries = new ArrayList<>();
    private int opening;
    private HairpinTest hairpin;
    private BindingLifetime lifetime;
    private boolean lifetimeWanted;
    private Findings findings;

    /**
     * Asks for its sockets.
     *
     * @param servers of the address's family, the first {@value #MAX_SERVERS} of which are asked
     * @param idle how long bindings are left alone to see whether they last, in nanoseconds each; empty to leave that out
     */
    public NatSurvey(List<InetSocketAddress> servers, InetAddress local, List<Long> idle, RandomGenerator random) {
        this.servers = servers.stream().distinct().limit(MAX_SERVERS).toList();
        this.local = local;
        this.idle = List.copyOf(idle);
        this.random = random;
        this.lifetimeWanted = !idle.isEmpty();
        open(1 + this.servers.size());
    }

    /**
     * What came of it.
     *
     * @param local the socket that all servers were asked from; {@code null} when none could be opened
     * @param seen what each server that answered saw, in the order in which they were asked
     * @param behavior what a server with two addresses found out; {@code null} without one
     * @param hairpin whether a socket reaches itself at its mapped address; only if {@code seen} is not empty
     * @param lifetime how long idle bindings last; {@code null} when it was not asked for or could not be found out
     */
    public record Findings(InetSocketAddress local, List<Seen> seen, NatBehavior behavior, boolean hairpin,
            BindingLifetime.Result.Found lifetime) { }

    /** A server, and the address that it sees us under. */
    public record Seen(InetSocketAddress server, InetSocketAddress mapped) { }

    /** What came of it, or {@code null} while that is open. */
    public Findings findings() {
        return findings;
    }

    private void open(int count) {
        opening += count;
        for (int i = 0; i < count; i++) {
            requests.add(SocketRequest.openUdp(new InetSocketAddress(local, 0)));
        }
    }

    @Override
    public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) {
        opening--;
        if (bound != null) {
            sockets.add(bound);
        }
        if (opening == 0 && lifetimeWanted && !bindings.isEmpty()) {
            watchIdle(now);
        } else if (opening == 0) {
            begin(now);
        }
        proceed(now);
    }

    private void begin(long now) {
        for (int i = 0; i < servers.size() && !sockets.isEmpty(); i++) {
            bindings.add(new StunBinding(sockets.get(0), servers.get(i), SCHEDULE, random, now));
            if (i + 1 < sockets.size()) {
                discoveries.add(new BehaviorDiscovery(sockets.get(i + 1), servers.get(i), SCHEDULE, random, now));
            }
        }
    }

    private void watchIdle(long now) {
        List<InetSocketAddress> fresh = sockets.subList(1 + servers.size(), sockets.size());
        lifetimeWanted = false;
        if (fresh.size() == idle.size() + BindingLifetime.FURTHER_SOCKETS) {
            lifetime = new BindingLifetime(fresh, idle, supporting(), SCHEDULE, random, now);
        }
    }

    /** The server that has two addresses, or {@code null}. */
    private InetSocketAddress supporting() {
        for (int i = 0; i < discoveries.size(); i++) {
            if (discoveries.get(i).result() instanceof BehaviorDiscovery.Result.Found) {
                return servers.get(i);
            }
        }
        return null;
    }

    private void proceed(long now) {
        if (findings != null || opening > 0 || bindings.stream().anyMatch(binding -> binding.result() == null)) {
            return;
        }
        List<Seen> seen = seen();
        if (hairpin == null && !seen.isEmpty()) {
            hairpin = new HairpinTest(sockets.get(0), seen.get(0).mapped(), SCHEDULE, random, now);
        }
        if (hairpin != null && !hairpin.isOver() || discoveries.stream().anyMatch(discovery -> discovery.result() == null)) {
            return;
        }
        if (lifetimeWanted && supporting() != null) {
            open(idle.size() + BindingLifetime.FURTHER_SOCKETS);
        } else if (lifetime == null || lifetime.result() != null) {
            finish(seen);
        }
    }

    private List<Seen> seen() {
        List<Seen> seen = new ArrayList<>();
        for (StunBinding binding : bindings) {
            if (binding.result() instanceof StunBinding.Result.Mapped answer) {
                seen.add(new Seen(binding.server(), answer.address()));
            }
        }
        return seen;
    }

    private void finish(List<Seen> seen) {
        NatBehavior behavior = null;
        for (BehaviorDiscovery discovery : discoveries) {
            if (behavior == null && discovery.result() instanceof BehaviorDiscovery.Result.Found found) {
                behavior = found.behavior();
            }
        }
        findings = new Findings(sockets.isEmpty() ? null : sockets.get(0), seen, behavior, hairpin != null && hairpin.isSeen(),
                lifetime != null && lifetime.result() instanceof BindingLifetime.Result.Found found ? found : null);
        sockets.forEach(socket -> requests.add(SocketRequest.closeUdp(socket)));
    }

    private List<Machine> machines() {
        List<Machine> machines = new ArrayList<>(bindings);
        machines.addAll(discoveries);
        if (hairpin != null) {
            machines.add(hairpin);
        }
        if (lifetime != null) {
            machines.add(lifetime);
        }
        return machines;
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        for (Machine machine : machines()) {
            if (machine.receive(datagram, now)) {
                proceed(now);
                return true;
            }
        }
        return false;
    }

    @Override
    public void handleTimeout(long now) {
        machines().forEach(machine -> machine.handleTimeout(now));
        proceed(now);
    }

    @Override
    public long nextTimeout() {
        return findings != null ? NEVER : machines().stream().mapToLong(Machine::nextTimeout).min().orElse(NEVER);
    }

    @Override
    public SocketRequest pollSocket() {
        return requests.poll();
    }

    @Override
    public Datagram pollTransmit() {
        for (Machine machine : machines()) {
            Datagram datagram = machine.pollTransmit();
            if (datagram != null) {
                return datagram;
            }
        }
        return null;
    }
}
