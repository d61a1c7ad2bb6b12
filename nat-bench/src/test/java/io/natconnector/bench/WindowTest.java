package io.natconnector.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {
    private final List<Integer> sent = new ArrayList<>();
    private final Window window = new Window(3, sent::add);

    @Test
    void whatComesBackLetsTheNextOneGo() {
        window.start();
        assertThat(sent).containsExactly(0, 1, 2);

        window.arrived(1, window.generation(1));

        assertThat(sent).containsExactly(0, 1, 2, 1);
        assertThat(window.count()).isEqualTo(1);
        assertThat(window.micros(99)).isPositive();
    }

    @Test
    void whatWasNotSentOrCameBackAlreadyDoesNotCount() {
        window.start();
        int generation = window.generation(0);
        window.arrived(0, generation);
        window.arrived(0, generation);
        window.arrived(3, 1);
        window.arrived(-1, 1);

        assertThat(window.count()).isEqualTo(1);
        assertThat(sent).hasSize(4);
    }

    @Test
    void nothingGoesOnceItIsStopped() {
        window.start();
        window.stop();
        window.arrived(0, window.generation(0));
        window.giveUpLost();

        assertThat(sent).hasSize(3);
        assertThat(window.lost()).isZero();
    }
}
