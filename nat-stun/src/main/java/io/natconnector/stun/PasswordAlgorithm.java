package io.natconnector.stun;

/** How a long-term key is made of user name, realm and password (RFC 8489, section 18.5). */
public enum PasswordAlgorithm {
    MD5(1, "MD5"), SHA_256(2, "SHA-256");

    private final int number;
    private final String digest;

    PasswordAlgorithm(int number, String digest) {
        this.number = number;
        this.digest = digest;
    }

    public int number() {
        return number;
    }

    String digest() {
        return digest;
    }

    /** The algorithm of that number, or {@code null} for one that we don't know. */
    public static PasswordAlgorithm of(int number) {
        return number == 1 ? MD5 : number == 2 ? SHA_256 : null;
    }
}
