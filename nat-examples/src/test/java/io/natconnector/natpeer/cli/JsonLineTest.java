package io.natconnector.natpeer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLineTest {
    @Test
    void membersKeepTheirOrderAndTextIsEscaped() {
        String line = JsonLine.event("failed").put("ms", 5000.1).put("why", "no \"pair\"\nanswered").put("n", 3).put("ok", false)
                .put("list", List.of("a")).toString();

        assertThat(line).isEqualTo(
                "{\"event\":\"failed\",\"ms\":5000.100,\"why\":\"no \\\"pair\\\"\\nanswered\",\"n\":3,"
                + "\"ok\":false,\"list\":[\"a\"]}");
    }

    @Test
    void numbersAreWrittenInFullAndHaveThreeDecimals() {
        assertThat(new JsonLine().put("a", 1e9).put("b", 0.0004).put("c", Double.NaN).toString())
                .isEqualTo("{\"a\":1000000000.000,\"b\":0.000,\"c\":null}");
    }
}
