package io.natconnector.session;

/** Why a session ended, with advice for people. */
public enum SessionFailure {
    NO_ANSWER("the peer said nothing: is it running and listening under this name, and does signalling reach it?"),
    NO_PATH("no pair of addresses answered: is UDP blocked? A relay that both sides can reach would connect them"),
    NO_ADDRESS("no local address to connect from: is there a network, and did the relay take the credentials?"),
    PATH_LOST("every path stopped answering, and no new one was found in time"),
    CLOSED_BY_PEER("the peer closed the session"),
    REPLACED("the peer started a new session"),
    CLOSED("closed on this side");

    private final String advice;

    SessionFailure(String advice) {
        this.advice = advice;
    }

    public String advice() {
        return advice;
    }
}
