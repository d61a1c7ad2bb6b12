package io.natconnector.natpeer.serve;

/** A value that is not shown as it is, because it is a secret or holds one. */
interface Hidden {
    String MASK = "********";

    /** With the secret left out. */
    String shown();
}
