package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One generation of ICE between two peers: a full agent (RFC 8445), which may face a full or a lite one. A restart is another agent
 * with fresh credentials, beside this one until it has found a path.
 *
 * <p>Local candidates, the remote side's credentials and its candidates may come in any order and at any time.
 */
public final class IceAgent implements Machine {
    /** A check that left so shortly ago serves as the answer to the peer's check that came just now. */
    private static final long JUST_SENT = MILLISECONDS.toNanos(10);

    private final IceSettings settings;
    private final Credentials credentials;
    private final long tieBreaker;
    private final CheckSender sender;
    private final CheckList checkList;
    private final Selection selection;
    private final Upkeep upkeep;
    private final LocalCandidates locals;
    private final PathSizes sizes;
    private final Answers answers;
    private final EarlyChecks earlyChecks = new EarlyChecks();
    private final Queue<Datagram> transmits = new ArrayDeque<>(0);
    private final Queue<IceEvent> events = new ArrayDeque<>(0);

    private IceRole role;
    private boolean remoteLite;
    private long nextPaced;
    private long malformed;
    private long unauthenticated;
    private long unexpected;

    /**
     * @param random where credentials, tie-breaker and transaction ids come from: a SecureRandom outside tests
     * @param passenger rides in checks and answers; may be {@code null}
     */
    public IceAgent(IceSettings settings, IceRole role, RandomGenerator random, Passenger passenger) {
        this.settings = settings;
        this.role = role;
        this.credentials = new Credentials(IceParameters.random(random));
        this.locals = new LocalCandidates(settings.maxPairs());
        this.tieBreaker = random.nextLong();
        this.sender = new CheckSender(credentials, new CheckMessages(tieBreaker, passenger), random, transmits);
        this.checkList = new CheckList(settings);
        this.upkeep = new Upkeep(settings, checkList, random);
        this.selection = new Selection(checkList, upkeep, sender, events);
        this.sizes = new PathSizes(checkList, selection, sender, events);
        this.answers = new Answers(this, credentials, sender, checkList, selection, upkeep, sizes, locals);
    }

    public IceParameters localParameters() {
        return credentials.local;
    }

    /** Decides a role conflict: the higher one controls (RFC 8445, section 7.3.1.1). */
    public long tieBreaker() {
        return tieBreaker;
    }

    public IceRole role() {
        return role;
    }

    public void role(IceRole newRole) {
        if (role != newRole) {
            role = newRole;
            checkList.rank(role);
            selection.forget();
        }
    }

    /** What there is to know of the other side; checks start. Other credentials later are another generation: another agent. */
    public void remote(RemoteSide side, long now) {
        if (credentials.remote() != null) {
            throw new IllegalStateException("the other side is known already");
        }
        credentials.remote(side.parameters());
        remoteLite = side.lite();
        sender.remoteRenominates(side.renominates());
        upkeep.thrifty(side.ours());
        sizes.peerIsOurs(side.ours());
        if (remoteLite) {
            role(IceRole.CONTROLLING);
        }
        earlyChecks.release(side.parameters().ufrag(), check -> triggered(check, now));
        selection.settle(role, now);
    }

    public void addLocal(Candidate candidate, long now) {
        selection.changed(!locals.isOtherPort(candidate), now);
        locals.add(candidate);
        checkList.addBase(candidate, role);
        selection.settle(role, now);
    }

    /** Every pair that leaves from this address fails. */
    public void removeLocal(InetSocketAddress base, long now) {
        locals.remove(base);
        checkList.removeBase(base);
        selection.settle(role, now);
    }

    public void addRemote(Candidate candidate, long now) {
        boolean elsewhere = !candidate.isBorrowed() || !checkList.isRemoteAt(candidate.address().getAddress());
        if (checkList.addRemote(candidate, role)) {
            if (!elsewhere && selection.isAtRest(now)) {
                checkList.inPassing(candidate);
            }
            selection.changed(elsewhere, now);
        }
        selection.settle(role, now);
    }

    /**
     * Sends one check to an address that is only a guess, or from a socket that is only to be found by the peer. No pair is formed
     * until something comes back.
     */
    public void probe(InetSocketAddress base, InetSocketAddress target, long now) {
        if (credentials.remote() != null) {
            sender.probe(checkList.unlisted(base, target, role), role, now);
        }
    }

    /** The same for addresses that the two sides have told each other in confidence: a pair is formed, and checked at once. */
    public void pair(InetSocketAddress base, InetSocketAddress target, long now) {
        list(checkList.unlisted(base, target, role));
        probe(base, target, now);
    }

    /** Something is to come, or has come, over a pair that nobody was told of. */
    void list(CandidatePair pair) {
        checkList.list(pair);
        events.add(new IceEvent.Discovered(pair.remote));
    }

    /** The local addresses that pairs which have not failed leave from. */
    public Set<InetSocketAddress> bases() {
        return checkList.basesInUse();
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        try {
            return StunMessage.is(datagram.payload()) && receive(datagram, StunMessage.parse(datagram.payload()), now);
        } catch (StunException e) {
            malformed++;
            return false;
        }
    }

    /** The same for a datagram that was parsed already. */
    public boolean receive(Datagram datagram, StunMessage message, long now) {
        if (message.method() != StunMethod.BINDING) {
            return false;
        }
        return switch (message.stunClass()) {
            case REQUEST -> receiveRequest(datagram, message, now);
            case SUCCESS, ERROR -> answers.receive(datagram, message, now);
            case INDICATION -> false;
        };
    }

    private boolean receiveRequest(Datagram datagram, StunMessage request, long now) {
        String ufrag = credentials.askedBy(request);
        if (ufrag == null) {
            return false;
        }
        if (!request.verify(credentials.localKey)) {
            unauthenticated++;
            return false;
        }
        boolean early = credentials.remote() == null;
        if (!early && !ufrag.equals(credentials.remote().ufrag())) {
            unexpected++;
            return true;
        }
        if (!request.unknownRequired().isEmpty()) {
            transmits.add(datagram.reply(CheckMessages.unknownAttributes(request, credentials.localKey)));
            return true;
        }
        RoleConflict conflict = remoteLite ? RoleConflict.NONE : RoleConflict.in(request, role, tieBreaker);
        if (conflict == RoleConflict.THEIRS) {
            transmits.add(datagram.reply(CheckMessages.roleConflict(request, credentials.localKey)));
            return true;
        }
        if (conflict == RoleConflict.OURS) {
            role(role.opposite());
        }
        sender.messages().alight(request, now);       // first, so that what it leads to may ride in our answer
        transmits.add(datagram.reply(sender.messages().success(request, datagram.payload().readableBytes(),
                datagram.from(), credentials.localKey)));
        PeerCheck check = PeerCheck.of(datagram, request, ufrag);
        if (early) {
            earlyChecks.add(check);
        } else {
            triggered(check, now);
            selection.settle(role, now);
        }
        return true;
    }

    /** A check of the peer came in: check back, at once (RFC 8445, sections 7.3.1.3 to 7.3.1.5). */
    private void triggered(PeerCheck check, long now) {
        CandidatePair pair = checkList.find(check.base(), check.source());
        if (pair == null && checkList.findBase(check.base()) == null) {
            // A socket of ours that the peer was not told of: one of those that it was to find
            pair = checkList.unlisted(check.base(), check.source(), role);
            list(pair);
        } else if (pair == null) {
            Candidate reflexive = check.reflexive(checkList.remotes().size());
            if (checkList.addRemote(reflexive, role)) {
                events.add(new IceEvent.Discovered(reflexive));
            }
            pair = checkList.find(check.base(), check.source());
        }
        if (pair != null) {
            heard(pair, check, now);
        }
    }

    private void heard(CandidatePair pair, PeerCheck check, long now) {
        pair.requestsReceived++;
        if (check.useCandidate() && role == IceRole.CONTROLLED) {
            pair.useCandidate = true;
            pair.nomination = check.nomination();
        }
        if (!pair.isValid() && (pair.lastSentAt < 0 || now - pair.lastSentAt >= JUST_SENT)) {
            pair.restart();
            sender.check(pair, role, now);
        } else if (pair.state == CandidatePair.State.FAILED) {
            pair.restart();
        } else if (pair == selection.selected()) {
            upkeep.heard(pair, role, now);
        }
    }

    @Override
    public void handleTimeout(long now) {
        if (credentials.remote() == null) {
            return;
        }
        for (CandidatePair pair : checkList.pairs()) {
            if (pair.nominationDue(settings.schedule()) <= now) {
                if (pair.nominatingSent < settings.schedule().count()) {
                    sender.nominate(pair, now);
                } else {
                    pair.fail("answered checks, but no nomination");
                }
            }
            if (upkeep.isDue(pair, now)) {
                sender.confirm(pair, role, now);
                upkeep.schedule(pair, pair == selection.selected(), role, now);
            }
            if (upkeep.judge(pair, now) && pair == selection.selected()) {
                upkeep.alarm(now);
                events.add(new IceEvent.Doubtful(pair.path()));
            }
        }
        sizes.handleTimeout(role, now);
        selection.retry(now);
        CandidatePair due = nextPaced <= now ? checkList.nextDue(now) : null;
        if (due != null) {
            sender.check(due, role, now);
            nextPaced = now + settings.pacing();
        }
        selection.settle(role, now);
    }

    @Override
    public long nextTimeout() {
        if (credentials.remote() == null) {
            return NEVER;
        }
        long pending = checkList.nextTimeout();
        long next = pending == NEVER ? NEVER : Math.max(nextPaced, pending);
        for (CandidatePair pair : checkList.pairs()) {
            next = Math.min(next, Math.min(pair.nominationDue(settings.schedule()), upkeep.due(pair)));
        }
        return Math.min(Math.min(next, sizes.nextTimeout()), selection.nextTimeout());
    }

    /**
     * The application sends or receives: paths are watched closely for as long as it does.
     *
     * @return whether {@link #nextTimeout} may be another one now
     */
    public boolean traffic(long now) {
        boolean wakes = upkeep.traffic(selection.selected(), now);
        if (wakes) {
            selection.awoken(now);
        }
        return wakes;
    }


    /** Whether the selected path has not answered as it should; data should go over {@link #backups} as well. */
    public boolean isDoubtful(long now) {
        return selection.selected() != null && selection.selected().isDoubtful(now);
    }

    /** Other paths that can be trusted now, the best first; two at most. */
    public List<IcePath> backups(long now) {
        return selection.backups(now).stream().map(CandidatePair::path).toList();
    }

    /** How long a round trip to the peer takes over each relay that both sides know, by the relay's address; nanoseconds. */
    public void relays(Map<InetAddress, Long> sums) {
        selection.relays(sums);
    }

    /**
     * Whether a datagram of so many bytes may go over the selected path: whether so long ones are known to pass, or the peer is a
     * foreign one, which can't be asked.
     */
    public boolean takes(int size, long now) {
        return sizes.takes(size, now);
    }

    /**
     * Another path that is known to take a datagram which the selected one is not known to take; {@code null} where there is none.
     * Whether the selected one takes it is found out meanwhile, and an event tells.
     */
    public IcePath detour(int size, long now) {
        return sizes.detour(size, now);
    }

    /** Whether it is known that so long a datagram does not pass over the selected path. */
    public boolean refuses(int size, long now) {
        return sizes.refuses(size, now);
    }

    /** The path that carries data now, or {@code null}. */
    public IcePath selected() {
        return selection.selectedPath();
    }

    /**
     * Whether data from that address at this base may be the peer's: its authenticated checks came the same way, or ours were
     * answered. Data may well arrive before our own check is answered.
     */
    public boolean accepts(InetSocketAddress base, InetSocketAddress source) {
        CandidatePair pair = checkList.find(base, source);
        return pair != null && (pair.isValid() || pair.requestsReceived > 0);
    }

    public IceReport report() {
        return new IceReport(checkList.pairs().stream().map(PairReport::of).toList(), List.copyOf(checkList.remotes()),
                new IceCounters(malformed, unauthenticated + answers.unauthenticated(), unexpected + answers.unexpected()));
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }

    public IceEvent pollEvent() {
        return events.poll();
    }
}
