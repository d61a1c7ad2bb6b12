package io.natconnector.ice;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;

/** What comes of the peer's answers to our checks (RFC 8445, section 7.2.5). */
final class Answers {
    private final IceAgent agent;
    private final Credentials credentials;
    private final CheckSender sender;
    private final CheckList checkList;
    private final Selection selection;
    private final Upkeep upkeep;
    private final PathSizes sizes;
    private final LocalCandidates locals;
    private long unauthenticated;
    private long unexpected;

    Answers(IceAgent agent, Credentials credentials, CheckSender sender, CheckList checkList, Selection selection, Upkeep upkeep,
            PathSizes sizes, LocalCandidates locals) {
        this.agent = agent;
        this.credentials = credentials;
        this.sender = sender;
        this.checkList = checkList;
        this.selection = selection;
        this.upkeep = upkeep;
        this.sizes = sizes;
        this.locals = locals;
    }

    /** False: it is not the peer's. */
    boolean receive(Datagram datagram, StunMessage answer, long now) {
        SentChecks.SentCheck check = sender.sent().find(answer.transactionId());
        if (credentials.remote() == null || !answer.verify(credentials.remoteKey())) {
            unauthenticated += check == null ? 0 : 1;
            return false;
        }
        if (check == null) {
            return true;                                       // the peer's, but later than anybody waits
        }
        CandidatePair pair = check.pair();
        // Section 7.2.5.2.1: only a symmetric answer counts. Dropped rather than failing the pair: another copy may still do right.
        if (!datagram.from().equals(pair.remote.address()) || !datagram.to().equals(pair.local.base())) {
            unexpected++;
            return true;
        }
        sender.sent().remove(answer.transactionId());
        sender.messages().alight(answer, now);
        if (answer.stunClass() == StunClass.ERROR) {
            refused(check, answer.get(StunAttribute.ERROR_CODE), now);
        } else if (answer.has(StunAttribute.XOR_MAPPED_ADDRESS) && answer.unknownRequired().isEmpty()) {
            succeeded(check, answer, now);
        }
        selection.settle(agent.role(), now);
        return true;
    }

    private void refused(SentChecks.SentCheck check, ErrorCode error, long now) {
        CandidatePair pair = check.pair();
        if (error != null && error.code() == ErrorCode.ROLE_CONFLICT) {
            if (check.role() == agent.role()) {
                agent.role(agent.role().opposite());
            }
            if (!pair.isValid()) {
                pair.restart();
                sender.check(pair, agent.role(), now);
            }
        } else if (!pair.isValid()) {
            pair.fail("refused by the peer: " + (error == null ? "no error code" : error.code() + " " + error.reason()));
        }
    }

    private void succeeded(SentChecks.SentCheck check, StunMessage answer, long now) {
        CandidatePair pair = check.pair();
        boolean wasValid = pair.isValid();
        if (check.padded() > 0 && answer.has(StunAttribute.PADDING)) {
            sizes.passed(pair, check.padded(), now);
        }
        pair.answered(check.sentAt(), now);
        if (!checkList.pairs().contains(pair)) {
            agent.list(pair);
        }
        if (!wasValid) {
            upkeep.schedule(pair, pair == selection.selected(), agent.role(), now);
        }
        var mapped = answer.get(StunAttribute.XOR_MAPPED_ADDRESS);
        if (pair.seenAs == null || !pair.seenAs.address().equals(mapped)) {
            if (pair.seenAs != null && pair == selection.selected()) {
                selection.nominateAgain();
            }
            pair.seenAs = locals.seenAs(pair, mapped);
        }
        if (sender.isCurrentNomination(check)) {
            pair.nominating = false;
            pair.nominated = true;
        }
    }

    long unauthenticated() {
        return unauthenticated;
    }

    long unexpected() {
        return unexpected;
    }
}
