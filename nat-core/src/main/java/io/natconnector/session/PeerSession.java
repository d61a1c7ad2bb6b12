package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.CandidateType;
import io.natconnector.ice.IceAgent;
import io.natconnector.ice.IceEvent;
import io.natconnector.ice.IcePath;
import io.natconnector.ice.IceReport;
import io.natconnector.ice.IceRole;
import io.natconnector.ice.RemoteSide;
import io.natconnector.nat.Directness;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One peer: ICE with it, over as many generations as it takes, and what the two sides tell each other. Part of an {@link Endpoint},
 * which gives it candidates and datagrams; it has no socket and no server of its own.
 */
public final class PeerSession implements Machine {
    private final SessionSettings settings;
    private final Standing standing;
    private final Generations generations;
    private final Conversation conversation;
    private final HarderWays harderWays;
    private final List<Candidate> candidates = new ArrayList<>();
    private final Payloads payloads;
    private final Whisper whisper;
    private final Queue<Datagram> transmits = new ArrayDeque<>(0);
    private final Queue<InetSocketAddress> remoteAddresses = new ArrayDeque<>(0);

    private String remoteUfrag;                         // of the present generation, once the peer has told
    private boolean unsettled;                          // by data: there is more to do about it than to hand it on
    private boolean complete;

    /** @param encryption {@code null} for plaintext */
    PeerSession(SessionSettings settings, Encryption encryption, RandomGenerator random, Events events,
            Supplier<InetSocketAddress> stunServer, long id, long now) {
        this.settings = settings;
        this.standing = new Standing(this, settings, events, now);
        this.payloads = new Payloads(this, events,
                encryption == null ? null : new Protection(this, encryption, settings.role(), random), transmits);
        this.generations = new Generations(settings, random, payloads.passenger());
        this.conversation = new Conversation(id);
        this.harderWays = new HarderWays(settings, random, stunServer);
        this.whisper = new Whisper(random, settings.hidesHosts());
        conversation.change();
    }

    /** What data goes over now, or {@code null}. */
    public IcePath path() {
        return standing.path();
    }

    Standing standing() {
        return standing;
    }

    public boolean isEnded() {
        return standing.isEnded();
    }

    boolean isConnected() {
        return path() != null;
    }

    /** True at exactly one of the two sides, once connected: a natural client for a protocol on top. */
    public boolean isControlling() {
        return generations.current().role() == IceRole.CONTROLLING;
    }

    public SessionReport report(List<SessionReport.ServerReport> servers, long now) {
        IceReport ice = generations.current().report();
        return new SessionReport(standing.elapsed(now), standing.connectedAfter(), List.copyOf(candidates),
                ice.remote(), ice.pairs(), servers, conversation.heardAnything(), ice.counters(), path(),
                conversation.surroundings().nat(), harderWays.theirs().nat(),
                standing.isDirect() ? Directness.FOUND : harderWays.directness(candidates, ice.remote(),
                        conversation.surroundings().nat(), standing.elapsed(now)));
    }

    List<String> ufrags() {
        return generations.ufrags();
    }

    void addLocal(Candidate candidate, long now) {
        if (settings.relayOnly() && candidate.type() != CandidateType.RELAYED || candidates.contains(candidate)) {
            return;
        }
        candidates.add(candidate);
        generations.current().addLocal(candidate, now);
        conversation.change();
        settle(now);
    }

    void removeLocal(InetSocketAddress base, long now) {
        candidates.removeIf(candidate -> candidate.base().equals(base));
        generations.removeLocal(base, now);
        conversation.change();
        settle(now);
    }

    /** The peer need not be told of it any more. */
    void outdated(Candidate candidate) {
        candidates.remove(candidate);
    }

    /** There will be no more local candidates for the time being. */
    void complete() {
        if (!complete) {
            complete = true;
            conversation.change();
        }
    }

    /**
     * Takes in what the peer says.
     *
     * @return false when the words are of another session than this one: the peer started anew
     */
    boolean hear(Words words, long now) {
        Conversation.Meaning meaning = conversation.hear(words, now);
        if (isEnded() || meaning == Conversation.Meaning.STALE) {
            return true;
        }
        if (meaning == Conversation.Meaning.ANOTHER_SESSION) {
            return false;
        }
        if (meaning == Conversation.Meaning.BYE) {
            end(SessionFailure.CLOSED_BY_PEER, now);
        } else if (meaning == Conversation.Meaning.NEWS && !payloads.agreesWith(words)) {
            end(SessionFailure.ENCRYPTION_MISMATCH, now);
        } else if (meaning == Conversation.Meaning.NEWS) {
            learn(words, now);
        } else if (meaning == Conversation.Meaning.KNOWN && words.ice().ufrag().equals(remoteUfrag)) {
            addRemote(words, now);                            // a name among its candidates may have been found meanwhile
        }
        settle(now);
        return true;
    }

    private void learn(Words words, long now) {
        String ufrag = words.ice().ufrag();
        if (remoteUfrag != null && !remoteUfrag.equals(ufrag)) {
            conversation.forget(remoteUfrag);
            restart(now);
        }
        IceAgent agent = generations.current();
        if (remoteUfrag == null) {
            remoteUfrag = ufrag;
            payloads.hear(words, conversation.session(), now);
            words.note().ifPresent(generations::agreeOnRole);
            words.note().ifPresent(ours -> whisper.agree(agent.localParameters(), words.ice()));
            agent.remote(new RemoteSide(words.ice(), words.lite(), words.renominates(), words.note().isPresent()), now);
        }
        addRemote(words, now);
        harderWays.hear(words);
        consider(now);
    }

    private void addRemote(Words words, long now) {
        for (Candidate candidate : words.candidates()) {
            remoteAddresses.add(candidate.address());
            generations.current().addRemote(candidate, now);
        }
    }

    /** What is known of our network now. */
    void surroundings(Surroundings known, long now) {
        conversation.surroundings(known);
        consider(now);
    }

    /** Where ordinary checks can't get through, the two sides search for each other. */
    private void consider(long now) {
        if (!standing.isDirect()) {
            harderWays.consider(conversation.surroundings(), candidates, now);
        }
        generations.current().relays(conversation.surroundings().relaySums(harderWays.theirs()));
    }

    /** A socket that was asked for is open; {@code null}: it could not be opened. */
    void socketOpened(InetSocketAddress bound, long now) {
        harderWays.socketOpened(bound, generations.current(), now);
        if (harderWays.asked() != null) {
            remoteAddresses.add(harderWays.asked());
        }
        settle(now);
    }

    SocketRequest pollSocket() {
        return harderWays.pollSocket();
    }

    /**
     * Starts ICE anew with fresh credentials (RFC 8445, section 9). Data goes on over the present path until the new generation has
     * found one.
     */
    void restart(long now) {
        if (remoteUfrag != null) {
            conversation.forget(remoteUfrag);
        }
        remoteUfrag = null;
        generations.restart(candidates, now);
        conversation.settle(false);
        conversation.change();
        settle(now);
    }

    /** Sends a datagram of the application; borrows the payload. Without a path it is dropped, as a network would. */
    boolean send(ByteBuf payload, Outlet outlet, long now) {
        IceAgent carrier = generations.carrier();
        unsettled |= carrier.traffic(now);
        unsettled |= !carrier.takes(payload.readableBytes() + Payloads.RECORD_OVERHEAD, now);
        boolean sent = payloads.send(payload, path(), carrier, outlet, now);
        unsettled |= !transmits.isEmpty() || !payloads.isQuiet();
        return sent;
    }

    /** Whether such a datagram is known to be too long for the path. Borrows it. */
    boolean refuses(ByteBuf payload, long now) {
        return payloads.refuses(payload, generations.carrier(), now);
    }

    /** The machine has slept: every path is to be checked. */
    void awoke(long now) {
        generations.carrier().traffic(now);
    }

    void close(long now) {
        if (!isEnded()) {
            conversation.bye();
            end(SessionFailure.CLOSED, now);
        }
    }

    void end(SessionFailure failure, long now) {
        if (!isEnded()) {
            harderWays.end(Set.of());
            payloads.close(path(), generations.carrier(), now);
            standing.ended(failure, payloads.failureDetail());
        }
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        StunMessage message = StunOrNull.parse(datagram.payload());
        return message != null && receiveCheck(datagram, message, now)
                || receiveData(datagram.from(), datagram.to(), datagram.payload(), now);
    }

    /** Takes in a check or an answer to one, if it is this session's. */
    boolean receiveCheck(Datagram datagram, StunMessage message, long now) {
        if (isEnded() || message.stunClass() == StunClass.INDICATION) {
            Words words = isEnded() || !generations.accepts(datagram.from(), datagram.to()) ? null : whisper.open(message);
            return words != null && hear(words, now);
        }
        boolean ours = generations.receive(datagram, message, now) || harderWays.receive(datagram, now);
        if (ours) {
            settle(now);
        }
        return ours;
    }

    /** Takes in a datagram of the application, if it may be this session's peer's. */
    boolean receiveData(InetSocketAddress from, InetSocketAddress to, ByteBuf payload, long now) {
        if (isEnded() || !generations.accepts(from, to) || !payloads.isOurs(payload)) {
            return false;
        }
        payloads.incoming(payload, now);
        if (payloads.isEncrypted()) {
            secure(now);
        }
        unsettled |= path() != null && generations.carrier().traffic(now);
        unsettled |= isEnded() || !transmits.isEmpty() || !payloads.isQuiet();
        return true;
    }

    /** Whether the data that passed since the last call leaves something to do; mostly it does not. */
    boolean pollUnsettled() {
        boolean is = unsettled;
        unsettled = false;
        return is;
    }

    @Override
    public void handleTimeout(long now) {
        if (isEnded()) {
            return;
        }
        generations.handleTimeout(now);
        payloads.handleTimeout(now);
        settle(now);
        if (now >= standing.deadline()) {
            end(standing.whyNot(conversation.heardAnything(), !candidates.isEmpty()), now);
        }
    }

    /** After each change, also of the handshake beside it: goes on with what has come of it. */
    void settle(long now) {
        if (isEnded()) {
            return;
        }
        if (harderWays.proceed(generations.current(), standing.isDirect(), conversation.roundTrip(path()), now)) {
            conversation.settle(false);
            conversation.change();
        }
        for (IceEvent event; (event = generations.pollEvent()) != null; ) {
            if (event instanceof IceEvent.Selected selected) {
                select(selected.path(), now);
            } else if (event instanceof IceEvent.Nominated) {
                conversation.settle(true);
            } else if (event instanceof IceEvent.Discovered discovered) {
                remoteAddresses.add(discovered.remote().address());
            } else if (event instanceof IceEvent.Doubtful || event instanceof IceEvent.Resumed) {
                standing.doubt();
            } else if (event instanceof IceEvent.Resized resized) {
                standing.resized(resized.path());
                payloads.resized(path(), generations.carrier(), now);
            } else if (event instanceof IceEvent.Lost lost) {
                interrupted(lost.why(), now);
            }
        }
        secure(now);
    }

    /** Goes on with the handshake, and with what it has come to. */
    private void secure(long now) {
        SessionFailure failure = payloads.secure(path(), generations.carrier(), () -> connected(now), now);
        if (failure != null) {
            end(failure, now);
        }
    }

    private void select(IcePath selected, long now) {
        standing.selected(selected);
        conversation.again(now);
        payloads.resized(selected, generations.carrier(), now);
        if (standing.isConnecting() && !payloads.isEncrypted()) {
            connected(now);
        }
    }

    private void connected(long now) {
        standing.connected(payloads.peerCertificate(), payloads.cipher(), now);
        payloads.open();
    }

    private void interrupted(String why, long now) {
        if (standing.lost(why, now)) {
            conversation.settle(false);
            conversation.change();
            if (!conversation.peerIsOurs() && remoteUfrag != null) {
                restart(now);                           // RFC 7675, section 5.1: consent is lost for these credentials
            }
        }
    }

    @Override
    public long nextTimeout() {
        if (isEnded()) {
            return NEVER;
        }
        long next = Math.min(generations.nextTimeout(), conversation.nextTimeout());
        next = Math.min(next, payloads.nextTimeout());
        return Math.min(standing.deadline(), Math.min(next, harderWays.nextTimeout()));
    }

    @Override
    public Datagram pollTransmit() {
        Datagram check = generations.pollTransmit();
        check = check == null ? harderWays.pollTransmit() : check;
        return check == null ? transmits.poll() : check;
    }

    /** What the peer must be told now, or {@code null}. */
    Words pollWords(long now) {
        Words words = payloads.complete(conversation.next(generations.current(), candidates, complete,
                harderWays.meeting(generations.current().role()), now));
        whisper.say(words, path(), transmits);
        return words;
    }

    /** An address that datagrams of this peer may come from, learned since the last call; or {@code null}. */
    InetSocketAddress pollRemoteAddress() {
        return remoteAddresses.poll();
    }
}
