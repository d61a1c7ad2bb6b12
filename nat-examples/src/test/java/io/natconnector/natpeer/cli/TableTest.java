package io.natconnector.natpeer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandRight() {
        String text = new Table("type", ">ms", "note").row("host", 5, "").row("relay", 1234, "x").text("  ");

        assertThat(text).isEqualTo("""
                type     ms  note
                -----  ----  ----
                host      5
                relay  1234  x
                """.indent(2));
    }

    @Test
    void aRowWithTooFewCellsIsAMistake() {
        assertThatThrownBy(() -> new Table("a", "b").row("x"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2 cells");
    }
}
