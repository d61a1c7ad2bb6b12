package io.natconnector.stun;

import java.util.Base64;

/**
 * What a server says of itself inside its nonces, where nobody on the way can take it out unseen (RFC 8489, section 9.2): the
 * nonce cookie {@code obMatJos2}, then 24 feature bits as four characters of base64. Erratum 6290: bit 0 is the rightmost one.
 *
 * @param passwordAlgorithms the server offers PASSWORD-ALGORITHMS; a challenge without them has been tampered with
 * @param usernameAnonymity the server knows its users by USERHASH
 */
record SecurityFeatures(boolean passwordAlgorithms, boolean usernameAnonymity) {
    static final SecurityFeatures NONE = new SecurityFeatures(false, false);
    private static final String COOKIE = "obMatJos2";
    private static final int PREFIX_LENGTH = COOKIE.length() + 4;
    private static final int PASSWORD_ALGORITHMS = 1;
    private static final int USERNAME_ANONYMITY = 2;

    /** The features that a nonce tells; {@link #NONE} when it has no cookie or one that can't be read. */
    static SecurityFeatures of(String nonce) {
        if (!nonce.startsWith(COOKIE) || nonce.length() < PREFIX_LENGTH) {
            return NONE;
        }
        try {
            byte[] bits = Base64.getDecoder().decode(nonce.substring(COOKIE.length(), PREFIX_LENGTH));
            return bits.length < 3 ? NONE
                    : new SecurityFeatures((bits[2] & PASSWORD_ALGORITHMS) != 0, (bits[2] & USERNAME_ANONYMITY) != 0);
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    /** What a nonce that tells these features begins with; nothing when there are none, which saves 13 bytes of every 401. */
    String prefix() {
        int bits = (passwordAlgorithms ? PASSWORD_ALGORITHMS : 0) | (usernameAnonymity ? USERNAME_ANONYMITY : 0);
        return bits == 0 ? "" : COOKIE + Base64.getEncoder().encodeToString(new byte[] {0, 0, (byte) bits});
    }
}
