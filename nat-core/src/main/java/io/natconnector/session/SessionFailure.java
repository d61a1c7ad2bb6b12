package io.natconnector.session;

/** Why a session ended, with advice for people. */
public enum SessionFailure {
    NO_ANSWER("the peer said nothing: is it running and listening under this name, and does signalling reach it?"),
    NO_PATH("no pair of addresses answered: is UDP blocked? A relay that both sides can reach would connect them"),
    NO_ADDRESS("no local address to connect from: is there a network, and did the relay take the credentials?"),
    PATH_LOST("every path stopped answering, and no new one was found in time"),
    ENCRYPTION_MISMATCH("one side encrypts and the other does not: give plaintext() on both sides, or on neither"),
    IDENTITY_REFUSED("the peer's certificate is not the one that its words promised, so this side refused it: is somebody between"
            + " the two?"),
    IDENTITY_REFUSED_BY_PEER("the peer refused our certificate, as it is not the one that our words promised: is somebody between"
            + " the two?"),
    ENCRYPTION_FAILED("there is a path, but the peers could not agree on keys over it"),
    CLOSED_BY_PEER("the peer closed the session"),
    REPLACED("the peer started a new session"),
    CLOSED("closed on this side");

    private final String advice;

    SessionFailure(String advice) {
        this.advice = advice;
    }

    /** Of an attempt that led to nothing in time. */
    static SessionFailure ofAttempt(boolean heardAnything, boolean hasAddress, boolean hasPath) {
        if (!heardAnything) {
            return NO_ANSWER;
        }
        return hasPath ? ENCRYPTION_FAILED : hasAddress ? NO_PATH : NO_ADDRESS;
    }

    public String advice() {
        return advice;
    }
}
