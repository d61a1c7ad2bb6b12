package io.natconnector.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.Test;

class DtlsIdentityTest {
    @Test
    void aKeyThatIsKeptHasTheSameFingerprintEachTime() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        assertThat(DtlsIdentity.of(keys).fingerprint()).isEqualTo(DtlsIdentity.of(keys).fingerprint());
        assertThat(DtlsIdentity.generate(new SecureRandom()).fingerprint()).isNotEqualTo(DtlsIdentity.of(keys).fingerprint());
    }

    @Test
    void theCertificateIsSignedByItsOwnKey() throws Exception {
        DtlsIdentity identity = DtlsIdentity.generate(new SecureRandom());
        identity.certificate().verify(identity.certificate().getPublicKey());
        assertThat(identity.fingerprint().matches(identity.certificate().getEncoded())).isTrue();
    }

    @Test
    void otherKeysAreRefused() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        assertThatThrownBy(() -> DtlsIdentity.of(rsa.generateKeyPair())).hasMessageContaining("P-256");
    }

    @Test
    void fingerprintsAreReadAsOthersWriteThem() {
        String hash = "4a:ad:b9:b1:3f:82:18:3b:54:02:12:df:3e:5d:49:6b:19:e5:7c:ab:4a:ad:b9:b1:3f:82:18:3b:54:02:12:df";
        assertThat(DtlsFingerprint.parse("SHA-256 " + hash)).hasToString("sha-256 " + hash.toUpperCase(java.util.Locale.ROOT));
        assertThatThrownBy(() -> DtlsFingerprint.parse("md5 4A:AD")).hasMessageContaining("sha-256");
        assertThatThrownBy(() -> DtlsFingerprint.parse("sha-256 4A:AD")).hasMessageContaining("32 hex pairs");
        assertThatThrownBy(() -> DtlsFingerprint.parse("nothing")).isInstanceOf(IllegalArgumentException.class);
    }
}
