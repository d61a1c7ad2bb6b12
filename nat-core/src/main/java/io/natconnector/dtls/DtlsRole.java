package io.natconnector.dtls;

/** Who speaks first. */
public enum DtlsRole {
    CLIENT, SERVER
}
