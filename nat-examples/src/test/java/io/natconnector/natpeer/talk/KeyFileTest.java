package io.natconnector.natpeer.talk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    @TempDir
    private Path directory;

    @Test
    void theKeyThatIsMadeAtFirstIsTheSameLater() throws IOException {
        Path file = directory.resolve("key");

        KeyPair made = KeyFile.open(file);
        KeyPair read = KeyFile.open(file);

        assertThat(read.getPublic()).isEqualTo(made.getPublic());
        assertThat(read.getPrivate().getEncoded()).isEqualTo(made.getPrivate().getEncoded());
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        }
    }

    @Test
    void aFileOfSomethingElseIsNotTakenForOne() throws IOException {
        Path file = Files.writeString(directory.resolve("key"), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");

        assertThatThrownBy(() -> KeyFile.open(file)).isInstanceOf(IOException.class).hasMessageContaining("P-256");
        assertThat(Files.readString(file)).as("it is left alone").contains("AAAA");
    }
}
