package io.natconnector;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Who peers are known to be: asked once both sides have proved who they are, and before a byte of either application passes. Of use
 * with peers that keep their key ({@link ConnectorBuilder#identity}); one that makes a new key with each start is another one each
 * time.
 *
 * <p>It is asked on the event loop, so it must not block.
 */
@FunctionalInterface
public interface KnownPeers {
    /**
     * Why this is not the peer of that name, for people; empty if it is. With an objection the connection fails with
     * {@link NatException.Reason#IDENTITY_UNTRUSTED}.
     */
    Optional<String> objection(String peer, PeerIdentity identity);

    /**
     * These peers and no others.
     *
     * @param fingerprints by the peers' names, as {@code sha-256 4A:AD:...}
     */
    static KnownPeers only(Map<String, String> fingerprints) {
        Map<String, String> known = Map.copyOf(fingerprints);
        return (peer, identity) -> {
            String expected = known.get(peer);
            return expected == null ? Optional.of("nobody is known by this name")
                    : FirstUse.objection(expected, identity.fingerprint());
        };
    }

    /** Trust on first use: whoever is first met by a name is the one of that name, as long as this object is kept. */
    static KnownPeers firstUse() {
        return new FirstUse();
    }

    /**
     * Trust on first use, for longer than a process lives: a file with a fingerprint and a name in each line, to which those who
     * are met are added. To let a peer have another key, remove its line.
     *
     * @param file need not exist
     * @throws IOException if it can't be read, or holds something else
     */
    static KnownPeers firstUse(Path file) throws IOException {
        return new FirstUse(file);
    }
}
