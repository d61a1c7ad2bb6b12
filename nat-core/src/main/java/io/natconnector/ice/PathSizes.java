package io.natconnector.ice;

import io.natconnector.stun.Machine;
import java.util.Queue;

/** Finds out how long datagrams may be over the path in use: see {@link PathMtu}. With a peer of ours only. */
final class PathSizes {
    private final CheckList checkList;
    private final Selection selection;
    private final CheckSender sender;
    private final Queue<IceEvent> events;
    private boolean peerIsOurs;

    PathSizes(CheckList checkList, Selection selection, CheckSender sender, Queue<IceEvent> events) {
        this.checkList = checkList;
        this.selection = selection;
        this.sender = sender;
        this.events = events;
    }

    void peerIsOurs(boolean ours) {
        peerIsOurs = ours;
    }

    /** Whether a datagram of so many bytes may go over the selected path. A foreign peer can't be asked, so there all may. */
    boolean takes(int size, long now) {
        CandidatePair pair = size <= PathMtu.BASE || !peerIsOurs ? null : selection.selected();
        if (pair == null) {
            return true;
        }
        if (size > pair.mtu().proven()) {
            return false;
        }
        pair.mtu().used(now);
        return true;
    }

    /**
     * Another path that is known to take a datagram which the selected one is not known to take.
     *
     * @return {@code null} where there is none, either; whether the selected one takes it is found out then
     */
    IcePath detour(int size, long now) {
        CandidatePair pair = selection.selected();
        if (pair != null) {
            pair.mtu().want(size, now);
        }
        for (CandidatePair other : checkList.pairs()) {
            if (other.isValid() && !other.isDoubtful(now) && size <= other.provenMtu()) {
                return other.path();
            }
        }
        return null;
    }

    /** Whether so long a datagram has been found not to pass over the selected path. */
    boolean refuses(int size, long now) {
        CandidatePair pair = selection.selected();
        return pair != null && peerIsOurs && pair.mtu().isRefused(size, now);
    }

    /** A padded check of so many bytes has come back. */
    void passed(CandidatePair pair, int size, long now) {
        int before = pair.provenMtu();
        pair.mtu().answered(size, now);
        if (pair.provenMtu() != before && pair == selection.selected()) {
            events.add(new IceEvent.Resized(pair.path()));
        }
    }

    void handleTimeout(IceRole role, long now) {
        CandidatePair pair = nextTimeout() <= now ? selection.selected() : null;
        if (pair == null) {
            return;
        }
        for (int size : pair.mtu().due(pair.patience(), now)) {
            sender.padded(pair, role, size, now);
        }
        if (!pair.mtu().isTrying()) {
            events.add(new IceEvent.Resized(pair.path()));
        }
    }

    long nextTimeout() {
        CandidatePair pair = selection.selected();
        return pair != null && peerIsOurs && selection.isAgreed(pair) ? pair.mtu().nextTimeout() : Machine.NEVER;
    }
}
