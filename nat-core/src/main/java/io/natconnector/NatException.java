package io.natconnector;

import io.natconnector.session.SessionFailure;
import java.io.IOException;

/** There is no connection, or none any more: {@link #reason} says why, {@link #report} what was tried. */
public final class NatException extends IOException {
    private static final long serialVersionUID = 1;

    /** Why; {@link #advice} says what to do about it. */
    public enum Reason {
        NO_SIGNAL("signalling did not work, so the peer could not be asked: is the broker's address right, and is it up?"),
        NO_ANSWER(SessionFailure.NO_ANSWER.advice()),
        NO_PATH(SessionFailure.NO_PATH.advice()),
        NO_ADDRESS(SessionFailure.NO_ADDRESS.advice()),
        PATH_LOST(SessionFailure.PATH_LOST.advice()),
        ENCRYPTION_MISMATCH(SessionFailure.ENCRYPTION_MISMATCH.advice()),
        IDENTITY_REFUSED(SessionFailure.IDENTITY_REFUSED.advice()),
        IDENTITY_REFUSED_BY_PEER(SessionFailure.IDENTITY_REFUSED_BY_PEER.advice()),
        IDENTITY_UNTRUSTED("the peer has proved who it is, but that is not who it is known to be: does somebody pose as the peer, "
                + "or has it got another key? Then let it be known by that"),
        ENCRYPTION_FAILED(SessionFailure.ENCRYPTION_FAILED.advice()),
        CLOSED_BY_PEER(SessionFailure.CLOSED_BY_PEER.advice()),
        REPLACED(SessionFailure.REPLACED.advice()),
        CLOSED(SessionFailure.CLOSED.advice());

        private final String advice;

        Reason(String advice) {
            this.advice = advice;
        }

        /** What it means and what to try, for people. */
        public String advice() {
            return advice;
        }

        static Reason of(SessionFailure failure) {
            return switch (failure) {
                case NO_ANSWER -> NO_ANSWER;
                case NO_PATH -> NO_PATH;
                case NO_ADDRESS -> NO_ADDRESS;
                case PATH_LOST -> PATH_LOST;
                case ENCRYPTION_MISMATCH -> ENCRYPTION_MISMATCH;
                case IDENTITY_REFUSED -> IDENTITY_REFUSED;
                case IDENTITY_REFUSED_BY_PEER -> IDENTITY_REFUSED_BY_PEER;
                case ENCRYPTION_FAILED -> ENCRYPTION_FAILED;
                case CLOSED_BY_PEER -> CLOSED_BY_PEER;
                case REPLACED -> REPLACED;
                case CLOSED -> CLOSED;
            };
        }
    }

    private final Reason reason;
    private final transient ConnectReport report;

    NatException(Reason reason, String detail, ConnectReport report) {
        super(report.peer() + ": " + reason.advice() + (detail.isEmpty() ? "" : " (" + detail + ")"));
        this.reason = reason;
        this.report = report;
        setStackTrace(new StackTraceElement[0]);              // the event loop's would tell nothing
    }

    /** The same for another thread than the one that it happened on. */
    NatException(NatException cause) {
        super(cause.getMessage(), cause);
        this.reason = cause.reason;
        this.report = cause.report;
    }

    public Reason reason() {
        return reason;
    }

    /** What was tried and what came of it; printing it answers "why does it not connect?". */
    public ConnectReport report() {
        return report;
    }
}
