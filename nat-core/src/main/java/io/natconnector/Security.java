package io.natconnector;

import io.natconnector.dtls.DtlsIdentity;
import io.natconnector.dtls.Handshakes;
import java.security.SecureRandom;

/** What a connector encrypts with, in all its sessions, and whom it trusts. */
record Security(DtlsIdentity identity, SecureRandom random, Handshakes handshakes, KnownPeers knownPeers) { }
