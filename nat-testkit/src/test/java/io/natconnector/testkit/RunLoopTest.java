package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunLoopTest {
    @Test
    void carriesADatagramThroughTheNatAndTheAnswerBack() {
        try (VirtualInternet net = new VirtualInternet(1)) {
            Nat natA = net.nat("natA", "198.51.100.1").profile(NatProfile.PORT_RESTRICTED);
            natA.uplink().delay(ofMillis(25));
            Host server = net.host("server", "203.0.113.10");
            server.uplink().delay(ofMillis(10));
            VirtualSocket reflector = server.socket(3478).reflect();
            VirtualSocket alice = net.host("alice", "10.0.1.2").behind(natA).socket(5000);

            alice.send(reflector.address(), "who am I?");

            assertThat(net.runUntil(alice::hasReceived, ofSeconds(1))).as(() -> net.trace().toString()).isTrue();
            assertThat(net.now()).isEqualTo(ofMillis(70).toNanos());
            assertThat(alice.receiveText()).isEqualTo("198.51.100.1:5000");
        }
    }
}
