package io.natconnector.relay;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class RelayClientTest {
    @Test
    void allocatesInTwoRoundTrips() {
        try (RelayStage stage = new RelayStage(1)) {
            RelayStage.Client client = stage.client("client", "198.51.100.20").start();

            stage.net.runFor(ofMillis(80));

            assertThat(client.events).hasSize(1).first().isInstanceOf(RelayEvent.Allocated.class);
            RelayEvent.Allocated allocated = (RelayEvent.Allocated) client.events.get(0);
            assertThat(allocated.relayed().getAddress()).isEqualTo(stage.serverHost.address());
            assertThat(allocated.mapped()).isEqualTo(client.local);
            assertThat(allocated.lifetimeNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(600));
            assertThat(allocated.roundTripNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
        }
    }

    @Test
    void sendsDataRightBehindTheRequestForThePermission() {
        try (RelayStage stage = new RelayStage(2)) {
            RelayStage.Client client = stage.allocated();

            client.send(stage.peer.address(), "hello");
            stage.net.runFor(ofMillis(40));

            assertThat(stage.peer.receiveText()).isEqualTo("hello");
        }
    }

    @Test
    void carriesDataBothWaysOnAChannel() {
        try (RelayStage stage = new RelayStage(3)) {
            stage.peer.echo();
            RelayStage.Client client = stage.allocated();

            client.bind(stage.peer.address());
            client.send(stage.peer.address(), "one");
            stage.net.runFor(ofMillis(100));
            client.send(stage.peer.address(), "two");
            stage.net.runFor(ofMillis(100));

            assertThat(client.received).containsExactly("one from 7000", "two from 7000");
            assertThat(client.machine.statistics().sentOnChannels()).isEqualTo(1);
        }
    }

    @Test
    void givesTheAllocationBackWhenClosed() {
        try (RelayStage stage = new RelayStage(4)) {
            RelayStage.Client client = stage.allocated();

            client.close();
            assertThat(stage.net.runUntil(client.machine::isEnded, ofSeconds(1))).isTrue();

            assertThat(stage.server.remains()).isZero();
            assertThat(client.events).hasSize(1);
        }
    }
}
