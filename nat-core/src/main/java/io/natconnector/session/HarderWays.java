package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.CandidateType;
import io.natconnector.ice.IceAgent;
import io.natconnector.ice.IceRole;
import io.natconnector.nat.Directness;
import io.natconnector.nat.NatMapping;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.SocketRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What two of ours do where ordinary checks have found no direct path: search for each other where one side's ports are random,
 * meet at fresh ports where both NATs should be easy and are not.
 */
final class HarderWays {
    /** What has not come of ordinary checks by then hardly will; nanoseconds. */
    private static final long ORDINARY_CHECKS_TAKE = 2_000_000_000L;

    private final PortSearch search;
    private final Rendezvous rendezvous;
    private final boolean wanted;
    private final boolean relayOnly;
    private Words heard;

    HarderWays(SessionSettings settings, RandomGenerator random, Supplier<InetSocketAddress> stunServer) {
        this.relayOnly = settings.relayOnly();
        this.wanted = !settings.relayOnly() && settings.search().sockets() > 0;
        this.search = new PortSearch(settings.search(), random);
        this.rendezvous = new Rendezvous(random, stunServer);
    }

    boolean isRunning() {
        return search.isRunning() || rendezvous.isRunning();
    }

    /** Why there is no direct path, so long after the beginning. */
    Directness directness(List<Candidate> local, List<Candidate> remote, NatMapping ours, long elapsed) {
        if (relayOnly) {
            return Directness.NOT_WANTED;
        }
        return isRunning() || elapsed < ORDINARY_CHECKS_TAKE && !remote.isEmpty() ? Directness.LOOKING
                : Obstacle.between(local, remote, ours, theirs().nat(), search.hasBegun());
    }

    /** What the peer has said of its network. */
    Surroundings theirs() {
        return heard == null ? Surroundings.UNKNOWN : heard.note().map(Words.Note::surroundings).orElse(Surroundings.UNKNOWN);
    }

    void hear(Words words) {
        heard = words;
    }

    /** Looks at what both sides know of their NATs by now. */
    void consider(Surroundings ours, List<Candidate> local, long now) {
        Words.Note note = heard == null ? null : heard.note().orElse(null);
        Candidate own = reflexive(local);
        Candidate theirs = heard == null ? null : reflexive(heard.candidates());
        if (!wanted || note == null || own == null || theirs == null) {
            return;
        }
        search.consider(ours.nat(), note.surroundings().nat(), own, theirs, now);
        rendezvous.consider(ours, note.surroundings(), own.base().getAddress(), now);
        rendezvous.hear(note.meeting(), own.base().getAddress(), now);
    }

    /** Hole punching is for IPv4: without translation there is nothing to guess. */
    private static Candidate reflexive(List<Candidate> candidates) {
        return candidates.stream().filter(candidate -> candidate.type() == CandidateType.SERVER_REFLEXIVE
                && candidate.address().getAddress().getAddress().length == 4).findFirst().orElse(null);
    }

    boolean receive(Datagram datagram, long now) {
        return rendezvous.receive(datagram, now);
    }

    /** A server whose answers are ours, besides the peer's addresses; or {@code null}. */
    InetSocketAddress asked() {
        return rendezvous.asked();
    }

    /** Does what is due. True: the peer must be told something new. */
    boolean proceed(IceAgent agent, boolean isDirect, long signalingRoundTrip, long now) {
        if (isDirect && isRunning()) {
            end(agent.bases());
        }
        search.handleTimeout(agent, now);
        rendezvous.handleTimeout(agent, signalingRoundTrip, now);
        return rendezvous.pollChange();
    }

    void socketOpened(InetSocketAddress bound, IceAgent agent, long now) {
        if (rendezvous.isWaitingForSocket()) {
            rendezvous.opened(bound, now);
        } else {
            search.opened(bound, agent, now);
        }
    }

    /** A direct path is there, or the session is over. */
    void end(Set<InetSocketAddress> used) {
        search.end(used);
        rendezvous.end(used);
    }

    Meeting meeting(IceRole role) {
        return rendezvous.meeting(role);
    }

    long nextTimeout() {
        return Math.min(search.nextTimeout(), rendezvous.nextTimeout());
    }

    SocketRequest pollSocket() {
        SocketRequest request = search.pollSocket();
        return request == null ? rendezvous.pollSocket() : request;
    }

    Datagram pollTransmit() {
        return rendezvous.pollTransmit();
    }
}
