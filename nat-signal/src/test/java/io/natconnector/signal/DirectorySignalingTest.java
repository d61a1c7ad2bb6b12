package io.natconnector.signal;

import io.natconnector.Signaling;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DirectorySignalingTest extends SignalingContract {
    @TempDir
    Path directory;

    @Override
    Signaling signaling() {
        return DirectorySignaling.in(directory.resolve("signal"));
    }
}
