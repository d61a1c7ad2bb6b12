package io.natconnector.ice;

import io.natconnector.stun.Machine;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Which valid pair carries data now, and which one the controlling side nominates.
 *
 * <p>Both sides use the first valid pair at once. The controlling side nominates the best valid pair as soon as no better one can
 * be expected any more, and again when a better one turns up (see {@link Preference}) or the one in use is down. The controlled
 * side follows: with nomination counters the newest, else the best of all that were nominated to it (which also serves peers that
 * nominate every pair).
 */
final class Selection {
    private final CheckList checkList;
    private final Upkeep upkeep;
    private final CheckSender sender;
    private final Queue<IceEvent> events;
    private final Retry retry = new Retry();
    private final Preference preference = new Preference();
    private CandidatePair selected;
    private CandidatePair nominee;
    private CandidatePair agreed;
    private long askAgainAt = Machine.NEVER;

    Selection(CheckList checkList, Upkeep upkeep, CheckSender sender, Queue<IceEvent> events) {
        this.checkList = checkList;
        this.upkeep = upkeep;
        this.sender = sender;
        this.events = events;
    }

    CandidatePair selected() {
        return selected;
    }

    IcePath selectedPath() {
        return selected == null ? null : selected.path();
    }

    /** Brings selection and nomination in line with what has become of the pairs. */
    void settle(IceRole role, long now) {
        CandidatePair before = selected;
        selected = isFree(role) ? preference.choose(checkList.pairs(), selected, agreed != null, now) : best(role);
        if (selected != before && selected == null) {
            events.add(new IceEvent.Lost(before.outcome));
        } else if (selected != before) {
            upkeep.selected(selected, now);
            events.add(new IceEvent.Selected(selected.path()));
        }
        CandidatePair toNominate = role == IceRole.CONTROLLING ? toNominate(now) : null;
        if (toNominate != null) {
            nominee = toNominate;
            checkList.pairs().forEach(other -> other.nominating = false);
            sender.startNomination(toNominate, now);
        }
        if (selected != null && selected != agreed && (role == IceRole.CONTROLLING ? selected.nominated : selected.useCandidate)) {
            agreed = selected;
            checkList.retire(agreed);
            agreed.mtu().begin(now);
            events.add(new IceEvent.Nominated(agreed.path()));
        }
        retry.wanted(selected == null || selected.isRelayed() || selected.down, now);
        if (selected == null) {
            retry.lost(now);
        } else {
            retry.found();
        }
    }

    /** Tries again what did not answer, when it is time to. */
    void retry(long now) {
        if (retry.isDue(upkeep.isActive(now), now)) {
            boolean thorough = selected == null || selected.down || upkeep.isActive(now) || retry.isEarly();
            checkList.retryFailed(thorough);
        }
    }

    /** There is another candidate on either side: somebody is somewhere else, or seen at another port only. */
    void changed(boolean elsewhere, long now) {
        if (elsewhere) {
            retry.reset(now);
        } else {
            retry.nudge(now);
        }
    }

    /** The application sends or receives again after a while. */
    void awoken(long now) {
        if (retry.awoken(now)) {
            events.add(new IceEvent.Resumed());
        }
    }

    /** Whether a better path has been looked for in vain for a while, and nobody sends. */
    boolean isAtRest(long now) {
        return selected != null && !selected.down && !upkeep.isActive(now) && retry.isRare();
    }

    /** Where nominations may move, the controlling side leads to whatever is best; else it is what both sides rank highest. */
    private boolean isFree(IceRole role) {
        return sender.remoteRenominates() && (role == IceRole.CONTROLLING
                || checkList.pairs().stream().noneMatch(pair -> pair.isValid() && pair.useCandidate));
    }

    private CandidatePair best(IceRole role) {
        CandidatePair best = null;
        for (CandidatePair pair : checkList.pairs()) {
            if (pair.isValid() && (best == null || isBetter(pair, best, role))) {
                best = pair;
            }
        }
        return best;
    }

    private boolean isBetter(CandidatePair pair, CandidatePair than, IceRole role) {
        if (pair.down != than.down) {
            return than.down;
        }
        if (role == IceRole.CONTROLLED) {
            if (pair.useCandidate != than.useCandidate) {
                return pair.useCandidate;
            }
            if (pair.nomination != than.nomination) {
                return Integer.compareUnsigned(pair.nomination, than.nomination) > 0;
            }
        }
        return pair.isRelayed() && than.isRelayed() ? preference.isNearer(pair, than) : pair.priority > than.priority;
    }

    /** What both sides have told each other of their relays: see {@link Preference#relays}. */
    void relays(Map<InetAddress, Long> sums) {
        preference.relays(sums);
    }

    /**
     * Other valid pairs that can be trusted now, to send over as well while the selected one is doubtful. Two at most: what took
     * the selected one away may have taken the next one, too, without anybody having noticed yet.
     */
    List<CandidatePair> backups(long now) {
        List<CandidatePair> backups = new ArrayList<>(2);
        for (CandidatePair pair : checkList.pairs()) {
            if (pair != selected && pair.isValid() && !pair.isDoubtful(now)) {
                backups.add(pair);
            }
        }
        backups.sort(Comparator.comparingLong((CandidatePair pair) -> pair.confirmedAt).reversed());
        CandidatePair first = backups.isEmpty() ? null : backups.get(0);
        // The second by another way: not over the same relay of ours
        backups.removeIf(pair -> pair != first && pair.local == first.local);
        return backups.size() > 2 ? backups.subList(0, 2) : backups;
    }

    /** The pair to nominate now (controlling side only), or {@code null}: it is nominated already, or better is to be expected. */
    private CandidatePair toNominate(long now) {
        askAgainAt = Machine.NEVER;
        if (selected == null || selected == nominee) {
            return null;
        }
        long until = hopeUntil(selected, now);
        if (until > now) {
            askAgainAt = until;
            return null;
        }
        return selected;
    }

    boolean isAgreed(CandidatePair pair) {
        return pair == agreed;
    }

    /** Nominates once more: the peer sees the same pair under another address, which is another pair to it. */
    void nominateAgain() {
        nominee = null;
    }

    /** Nominates anew: we were not controlling when it was done. */
    void forget() {
        nominee = null;
        agreed = null;
    }

    /** When to {@link #settle} and {@link #retry} again. */
    long nextTimeout() {
        return Math.min(askAgainAt, retry.nextTimeout());
    }

    /**
     * Until when a better pair than this one may still be expected to answer. A better pair that was checked for as long as this
     * one's round trip without an answer is probably one that goes nowhere, as host addresses of other networks do; should it
     * answer later after all, the nomination moves.
     */
    private long hopeUntil(CandidatePair valid, long now) {
        long until = now;
        for (CandidatePair pair : checkList.pairs()) {
            if (pair.priority <= valid.priority) {
                break;
            }
            if (pair.state == CandidatePair.State.IN_PROGRESS) {
                until = Math.max(until, pair.startedAt + valid.roundTrip);
            } else if (pair.state == CandidatePair.State.WAITING) {
                until = Math.max(until, now + valid.roundTrip);
            }
        }
        return until;
    }
}
