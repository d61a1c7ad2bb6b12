package io.natconnector.stun;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RetransmissionTest {
    @Test
    void standardIsTheScheduleOfTheRfc() {
        assertThat(milliseconds(Retransmission.STANDARD)).containsExactly(0, 500, 1500, 3500, 7500, 15500, 31500, 39500);
    }

    @Test
    void gatheringAsksFiveTimesFaster() {
        assertThat(milliseconds(Retransmission.GATHERING)).containsExactly(0, 100, 300, 700, 1500, 3100, 6300, 7900);
    }

    @Test
    void reliableTransportsSendOnce() {
        assertThat(milliseconds(Retransmission.RELIABLE)).containsExactly(0, 39500);
    }

    @Test
    void aBurstDoublesItsIntervalUpToTheLongest() {
        long ms = MILLISECONDS.toNanos(1);
        assertThat(milliseconds(Retransmission.burst(20 * ms, 500 * ms, 2500 * ms)))
                .containsExactly(0, 20, 60, 140, 300, 620, 1120, 1620, 2500);
    }

    @Test
    void aBurstThatNeverGrowsIsEven() {
        assertThat(milliseconds(Retransmission.burst(1_000_000, 1_000_000, 12_000_000)))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    @Test
    void tellsHowManySendingsAreDue() {
        Retransmission schedule = Retransmission.of(100, 0, 10, 30);
        assertThat(LongStream.of(0, 9, 10, 29, 30, 99, 1000).mapToInt(schedule::dueBy)).containsExactly(1, 1, 2, 2, 3, 3, 3);
    }

    @Test
    void refusesSchedulesThatMakeNoSense() {
        assertThatThrownBy(() -> Retransmission.of(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retransmission.of(10, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retransmission.of(10, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retransmission.of(10, 0, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retransmission.burst(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retransmission.burst(2, 1, 9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retransmission.burst(1, 9, 8)).isInstanceOf(IllegalArgumentException.class);
    }

    /** All offsets, the giving up last. */
    private static long[] milliseconds(Retransmission schedule) {
        long start = 5_000_000_000L;
        return IntStream.rangeClosed(0, schedule.count())
                .mapToLong(sent -> NANOSECONDS.toMillis(schedule.due(start, sent) - start)).toArray();
    }
}
