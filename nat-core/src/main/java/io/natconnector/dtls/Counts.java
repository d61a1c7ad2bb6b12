package io.natconnector.dtls;

/** See {@link DtlsCounters}. */
final class Counts {
    long malformed;
    long refused;
    long overlong;
    long resent;
    long renewed;

    DtlsCounters now() {
        return new DtlsCounters(malformed, refused, overlong, resent, renewed);
    }
}
