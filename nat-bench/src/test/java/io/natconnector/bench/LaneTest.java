package io.natconnector.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LaneTest {
    private int batches;
    private final Lane lane = new Lane() {
        @Override
        void sendBatch() {
            batches++;
        }

        @Override
        public void close() { }
    };

    @Test
    void keepsNoMoreUnderWayThanTheWindow() {
        lane.start();
        assertThat(batches * Lane.BATCH).isEqualTo(Lane.WINDOW);

        arrive(Lane.BATCH - 1);
        assertThat(batches * Lane.BATCH).isEqualTo(Lane.WINDOW);

        arrive(1);
        assertThat(batches * Lane.BATCH).isEqualTo(Lane.WINDOW + Lane.BATCH);
    }

    @Test
    void isDoneWhenAllThatWasSentIsThere() {
        lane.start();
        lane.stop();

        arrive(Lane.WINDOW - 1);
        assertThat(lane.isDone()).isFalse();

        arrive(1);
        assertThat(lane.isDone()).isTrue();
        assertThat(lane.count()).isEqualTo(Lane.WINDOW);
        assertThat(batches * Lane.BATCH).isEqualTo(Lane.WINDOW);
        assertThat(lane.forgetLost()).isZero();
    }

    @Test
    void goesOnAfterALoss() {
        lane.start();
        arrive(Lane.BATCH - 3);

        assertThat(lane.forgetLost()).isEqualTo(Lane.WINDOW - Lane.BATCH + 3);
        assertThat(lane.isDone()).isTrue();

        lane.start();
        arrive(Lane.BATCH);
        assertThat(batches * Lane.BATCH).isEqualTo(2 * Lane.WINDOW + Lane.BATCH);
    }

    private void arrive(int count) {
        for (int i = 0; i < count; i++) {
            lane.arrived();
        }
    }
}
