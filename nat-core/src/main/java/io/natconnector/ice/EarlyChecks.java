package io.natconnector.ice;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Checks of the peer that came before we knew who it is; they are answered, and checked back once we do. */
final class EarlyChecks {
    private static final int MOST = 16;

    private final List<PeerCheck> checks = new ArrayList<>();

    void add(PeerCheck check) {
        if (checks.size() < MOST && !checks.contains(check)) {
            checks.add(check);
        }
    }

    /** Hands on those of the peer that is known by this user fragment now, and forgets the others. */
    void release(String ufrag, Consumer<PeerCheck> taker) {
        List<PeerCheck> theirs = checks.stream().filter(check -> check.ufrag().equals(ufrag)).toList();
        checks.clear();
        theirs.forEach(taker);
    }
}
