package io.natconnector.ice;

import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;

/** The short-term credentials of both sides, ready to sign and verify with (RFC 8445, section 7.1.2). */
final class Credentials {
    final IceParameters local;
    final IntegrityKey localKey;
    private final String prefix;
    private IceParameters remote;
    private IntegrityKey remoteKey;
    private String username;

    Credentials(IceParameters local) {
        this.local = local;
        this.localKey = IntegrityKey.shortTerm(local.pwd());
        this.prefix = local.ufrag() + ":";
    }

    void remote(IceParameters parameters) {
        remote = parameters;
        remoteKey = IntegrityKey.shortTerm(parameters.pwd());
        username = parameters.ufrag() + ":" + local.ufrag();
    }

    IceParameters remote() {
        return remote;
    }

    IntegrityKey remoteKey() {
        return remoteKey;
    }

    /** The user name of our checks: theirs first. */
    String username() {
        return username;
    }

    /** The remote ufrag of a check that is meant for us, or {@code null}; a check without fingerprint is not one. */
    String askedBy(StunMessage request) {
        String name = request.get(StunAttribute.USERNAME);
        return name != null && request.hasFingerprint() && name.startsWith(prefix) ? name.substring(prefix.length()) : null;
    }
}
