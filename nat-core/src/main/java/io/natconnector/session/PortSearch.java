package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceAgent;
import io.natconnector.nat.NatMapping;
import io.natconnector.nat.SearchBudget;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The search of two sides for each other where one's NAT has random ports and the other's lets in only whom it was sent to: the
 * birthday paradox. The hard side opens many sockets and knocks from each at the other's address, so that its NAT holds as many
 * ports open for it; the easy side tries random ports until it meets one of them. What arrives is an ordinary check, and ICE goes
 * on from there.
 *
 * <p>Once per session and change of network: what does not succeed within the budget would not soon after.
 */
final class PortSearch {
    private static final int LOWEST_PORT = 1024;
    /** The other side's sockets should be there when ours begin to look for them. */
    private static final long HEAD_START = 300_000_000;
    /** How long sockets wait to be met, beyond what the other side's probes take. */
    private static final long PATIENCE = 4_000_000_000L;

    private final SearchBudget budget;
    private final RandomGenerator random;
    private final Queue<SocketRequest> socketRequests = new ArrayDeque<>(0);
    private final List<InetSocketAddress> sockets = new ArrayList<>();
    private final Set<Integer> tried = new HashSet<>();
    private InetSocketAddress base;
    private InetSocketAddress target;
    private boolean hard;
    private boolean begun;
    private boolean over;
    private long at = Machine.NEVER;
    private long endAt = Machine.NEVER;

    PortSearch(SearchBudget budget, RandomGenerator random) {
        this.budget = budget;
        this.random = random;
    }

    /** Looks at what is known of both NATs; the search will begin after a while, unless a direct path comes first. */
    void consider(NatMapping ours, NatMapping theirs, Candidate own, Candidate other, long now) {
        if (begun || over || at != Machine.NEVER) {
            return;
        }
        hard = ours == NatMapping.RANDOM && theirs == NatMapping.INDEPENDENT;
        boolean easy = ours == NatMapping.INDEPENDENT && theirs == NatMapping.RANDOM;
        if (hard || easy) {
            base = own.base();
            target = other.address();
            at = now + budget.after() + (hard ? 0 : HEAD_START);
        }
    }

    /** A direct path is there, or the session is over: sockets that no path leaves from are closed. */
    void end(Set<InetSocketAddress> used) {
        over = true;
        at = Machine.NEVER;
        endAt = Machine.NEVER;
        sockets.removeIf(socket -> {
            boolean close = !used.contains(socket);
            if (close) {
                socketRequests.add(SocketRequest.closeUdp(socket));
            }
            return close;
        });
        tried.clear();
    }

    boolean hasBegun() {
        return begun;
    }

    boolean isRunning() {
        return !over && (begun || at != Machine.NEVER);
    }

    void handleTimeout(IceAgent agent, long now) {
        if (now >= endAt) {
            end(agent.bases());
        }
        if (now < at) {
            return;
        }
        if (hard) {
            open();
        } else {
            probe(agent, now);
        }
    }

    private void open() {
        begun = true;
        at = Machine.NEVER;
        for (int i = 0; i < budget.sockets(); i++) {
            socketRequests.add(SocketRequest.openUdp(new InetSocketAddress(base.getAddress(), 0)));
        }
    }

    /** One of the sockets is open, or could not be opened ({@code null}). */
    void opened(InetSocketAddress bound, IceAgent agent, long now) {
        if (bound == null) {
            return;
        }
        if (over) {
            socketRequests.add(SocketRequest.closeUdp(bound));
            return;
        }
        sockets.add(bound);
        agent.probe(bound, target, now);
        endAt = now + HEAD_START + budget.probes() * budget.interval() + PATIENCE;
    }

    private void probe(IceAgent agent, long now) {
        begun = true;
        if (tried.size() >= budget.probes()) {
            end(agent.bases());
            return;
        }
        int port;
        do {
            port = random.nextInt(LOWEST_PORT, 65_536);
        } while (!tried.add(port));
        InetAddress address = target.getAddress();
        agent.probe(base, new InetSocketAddress(address, port), now);
        at = now + budget.interval();
    }

    long nextTimeout() {
        return Math.min(at, endAt);
    }

    SocketRequest pollSocket() {
        return socketRequests.poll();
    }
}
