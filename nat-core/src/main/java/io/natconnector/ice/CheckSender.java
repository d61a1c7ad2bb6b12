package io.natconnector.ice;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.util.Queue;
import java.util.random.RandomGenerator;

/** Puts checks on the wire and remembers them until they are answered. */
final class CheckSender {
    private final Credentials credentials;
    private final CheckMessages messages;
    private final RandomGenerator random;
    private final Queue<Datagram> transmits;
    private final SentChecks sentChecks = new SentChecks();
    private boolean remoteRenominates;
    private int nomination;

    CheckSender(Credentials credentials, CheckMessages messages, RandomGenerator random, Queue<Datagram> transmits) {
        this.credentials = credentials;
        this.messages = messages;
        this.random = random;
        this.transmits = transmits;
    }

    void remoteRenominates(boolean renominates) {
        remoteRenominates = renominates;
    }

    boolean remoteRenominates() {
        return remoteRenominates;
    }

    CheckMessages messages() {
        return messages;
    }

    SentChecks sent() {
        return sentChecks;
    }

    /** An ordinary check. */
    void check(CandidatePair pair, IceRole role, long now) {
        pair.checkSent(now);
        send(pair, role, false, now);
    }

    /** A check to an address that is only a guess. */
    void probe(CandidatePair pair, IceRole role, long now) {
        pair.checkSent(now);
        send(pair, role, false, true, now);
    }

    /** A check of a pair that is valid already, to keep it so. */
    void confirm(CandidatePair pair, IceRole role, long now) {
        pair.asked(now);
        send(pair, role, false, now);
    }

    void startNomination(CandidatePair pair, long now) {
        nomination++;
        pair.nominating = true;
        pair.nominatingSince = now;
        pair.nominatingSent = 0;
        nominate(pair, now);
    }

    void nominate(CandidatePair pair, long now) {
        pair.nominatingSent++;
        send(pair, IceRole.CONTROLLING, true, now);
    }

    boolean isCurrentNomination(SentChecks.SentCheck check) {
        return check.nominating() && check.pair().nominating && check.nomination() == nomination;
    }

    private void send(CandidatePair pair, IceRole role, boolean nominate, long now) {
        send(pair, role, nominate, false, now);
    }

    private void send(CandidatePair pair, IceRole role, boolean nominate, boolean isGuess, long now) {
        TransactionId id = TransactionId.random(random);
        sentChecks.add(id, new SentChecks.SentCheck(pair, now, role, nominate, nomination, 0));
        transmit(pair, messages.request(id, credentials.username(), pair, role, nominate, remoteRenominates ? nomination : 0,
                isGuess, credentials.remoteKey()));
    }

    /** A check of exactly so many bytes, to see whether they pass. Only for a peer of ours: others refuse the padding. */
    void padded(CandidatePair pair, IceRole role, int size, long now) {
        TransactionId id = TransactionId.random(random);
        sentChecks.add(id, new SentChecks.SentCheck(pair, now, role, false, nomination, size));
        transmit(pair, messages.padded(id, credentials.username(), pair, role, size, credentials.remoteKey()));
    }

    private void transmit(CandidatePair pair, ByteBuf request) {
        transmits.add(Datagram.udp(pair.local.base(), pair.remote.address(), request));
    }
}
