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

    /**
     * The path for a datagram of so many bytes: the selected one, or another one that is known to take it. A foreign peer can't be
     * asked, so all goes over the selected one then.
     *
     * @return {@code null} while it is not known of any; it is found out then
     */
    IcePath pathFor(int size, long now) {
        CandidatePair pair = selection.selected();
        if (pair == null || !peerIsOurs || size <= PathMtu.BASE) {
            return pair == null ? null : pair.path();
        }
        if (size <= pair.mtu().proven()) {
            pair.mtu().used(now);
            return pair.path();
        }
        pair.mtu().want(size, now);
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
