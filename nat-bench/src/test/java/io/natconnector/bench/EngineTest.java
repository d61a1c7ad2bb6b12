package io.natconnector.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ICE4J")   // it uses no loopback address
    void makesAndEndsConnectionsOneBesideTheOther(Engine.Kind kind) throws Exception {
        try (Engine engine = kind.start(InetAddress.getLoopbackAddress())) {
            List<Engine.Connection> connections = List.of(engine.connect(), engine.connect(), engine.connect());
            for (Engine.Connection connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void aConnectionIsActiveOnBothSidesUntilItIsClosed() throws Exception {
        try (OurEngine engine = OurEngine.hub(InetAddress.getLoopbackAddress())) {
            OurEngine.Pair pair = engine.connect();

            assertThat(pair.asking().isActive()).isTrue();
            assertThat(pair.asked().isActive()).isTrue();

            pair.close();

            assertThat(pair.asking().isActive()).isFalse();
            assertThat(pair.asked().isActive()).isFalse();
        }
    }
}
