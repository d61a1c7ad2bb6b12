package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.dtls.DtlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownPeersTest {
    private static final PeerIdentity ONE = identity();
    private static final PeerIdentity OTHER = identity();

    @TempDir
    private Path directory;

    private static PeerIdentity identity() {
        DtlsIdentity identity = DtlsIdentity.generate(new SecureRandom());
        return new PeerIdentity(identity.fingerprint().toString(), identity.certificate());
    }

    @Test
    void whoIsMetFirstIsTheOneOfThatName() {
        KnownPeers known = KnownPeers.firstUse();

        assertThat(known.objection("bob", ONE)).isEmpty();
        assertThat(known.objection("bob", ONE)).isEmpty();
        assertThat(known.objection("bob", OTHER)).get().asString().contains(ONE.fingerprint()).contains(OTHER.fingerprint());
        assertThat(known.objection("carol", OTHER)).isEmpty();
    }

    @Test
    void aFileRemembersThemForTheNextStart() throws IOException {
        Path file = directory.resolve("peers");
        KnownPeers.firstUse(file).objection("bob's laptop\n", ONE);

        KnownPeers later = KnownPeers.firstUse(file);

        assertThat(later.objection("bob's laptop\n", OTHER)).isPresent();
        assertThat(later.objection("bob's laptop\n", ONE)).isEmpty();
        assertThat(Files.readAllLines(file)).containsExactly(ONE.fingerprint() + " bob%27s+laptop%0A");
    }

    @Test
    void aFileOfSomethingElseIsNotTakenForOne() throws IOException {
        Path file = Files.writeString(directory.resolve("peers"), "\n" + ONE.fingerprint() + " bob\nsome other text\n");

        assertThatThrownBy(() -> KnownPeers.firstUse(file)).isInstanceOf(IOException.class).hasMessageContaining("line 3");
    }

    @Test
    void strangersDoNotFillTheMemory() {
        KnownPeers known = KnownPeers.firstUse();
        for (int i = 0; i < FirstUse.MOST; i++) {
            known.objection("stranger" + i, ONE);
        }

        assertThat(known.objection("one more", ONE)).isPresent();
        assertThat(known.objection("stranger7", ONE)).isEmpty();
    }

    @Test
    void onlyThoseOnTheListAreTheOnes() {
        KnownPeers known = KnownPeers.only(Map.of("bob", ONE.fingerprint()));

        assertThat(known.objection("bob", ONE)).isEmpty();
        assertThat(known.objection("bob", OTHER)).isPresent();
        assertThat(known.objection("carol", ONE)).isPresent();
    }
}
