package io.natconnector.dtls;

import java.security.cert.X509Certificate;

/** What an association's owner must do something about. */
public sealed interface DtlsEvent {
    /** Both sides have proved who they are; {@link DtlsAssociation#seal} works from now on. Comes once. */
    record Established(X509Certificate peer) implements DtlsEvent { }

    /** It is over; nothing comes after this. {@code detail} is for people. */
    record Failed(DtlsFailure reason, String detail) implements DtlsEvent { }
}
