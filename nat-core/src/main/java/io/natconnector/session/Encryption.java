package io.natconnector.session;

import io.natconnector.dtls.DtlsIdentity;
import io.natconnector.dtls.Handshakes;
import io.natconnector.dtls.KeyLifetime;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What the sessions of an endpoint need to encrypt.
 *
 * @param identity who we are to all peers
 * @param rides whether the handshake begins within the checks of ICE (draft-hancke-webrtc-sped-00), or once there is a path
 * @param keyLifetime how long a key is used, with peers that can agree on another
 * @param handshakes where handshakes run
 * @param wake told from a handshake's thread that its session has to {@link Endpoint#proceed}; never if steps are waited for
 */
public record Encryption(DtlsIdentity identity, SecureRandom random, boolean rides, KeyLifetime keyLifetime,
        Handshakes handshakes, Consumer<PeerSession> wake) {
    public Encryption {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(random, "random");
        Objects.requireNonNull(keyLifetime, "keyLifetime");
        Objects.requireNonNull(handshakes, "handshakes");
        Objects.requireNonNull(wake, "wake");
    }
}
