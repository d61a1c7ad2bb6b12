package io.natconnector.ice;

import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;

/** What to do about a check by a peer that believes to be in our role (RFC 8445, section 7.3.1.1). */
enum RoleConflict {
    /** There is none. */
    NONE,
    /** The peer must change: answer 487. */
    THEIRS,
    /** We must change, and answer as if nothing had been. */
    OURS;

    static RoleConflict in(StunMessage request, IceRole role, long tieBreaker) {
        Long theirs = request.get(role == IceRole.CONTROLLING ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED);
        if (theirs == null) {
            return NONE;
        }
        boolean weControl = Long.compareUnsigned(tieBreaker, theirs) >= 0;
        return weControl == (role == IceRole.CONTROLLING) ? THEIRS : OURS;
    }
}
