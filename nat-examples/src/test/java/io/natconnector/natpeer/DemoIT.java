package io.natconnector.natpeer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natconnector.natpeer.cli.ExitCode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class DemoIT {
    @Test
    void twoPeersConnectDirectlyAndThroughTheRelayAndNothingStaysBehind() throws Exception {
        try (Running demo = Running.natpeer("demo", "--json")) {
            demo.awaitOutput(line -> line.contains("\"round_end\""));
            List<ProcessHandle> children = demo.process().descendants().toList();

            Spoken spoken = demo.await();

            assertThat(spoken.code()).as(spoken.output() + spoken.complaint()).isEqualTo(ExitCode.OK);
            assertThat(paths(spoken)).containsExactly("direct host", "direct host", "relayed relayed", "relayed relayed");
            assertThat(spoken.events().stream().filter(event -> name(event).equals("throughput")))
                    .hasSize(2).allSatisfy(event -> assertThat(event.get("datagrams_s").getAsDouble()).isPositive());
            assertEnded(children);
        }
    }

    @Test
    void aPeerThatDiesFailsTheDemoAndNothingStaysBehind() throws Exception {
        try (Running demo = Running.natpeer("demo", "--json")) {
            String up = demo.awaitOutput(line -> line.contains("\"up\"") && line.contains("bob"));
            List<ProcessHandle> children = demo.process().descendants().toList();
            ProcessHandle.of(JsonParser.parseString(up).getAsJsonObject().get("pid").getAsLong()).orElseThrow().destroyForcibly();

            assertThat(demo.await().code()).isEqualTo(ExitCode.FAILED);
            assertEnded(children);
        }
    }

    @Test
    void aDemoThatIsKilledLeavesNoProcess() throws Exception {
        try (Running demo = Running.natpeer("demo", "--json")) {
            demo.awaitOutput(line -> line.contains("\"server\""));
            demo.awaitOutput(line -> line.contains("\"up\""));
            List<ProcessHandle> children = demo.process().descendants().toList();
            assertThat(children).hasSizeGreaterThan(1);

            demo.process().destroyForcibly();

            assertEnded(children);
        }
    }

    private static void assertEnded(List<ProcessHandle> children) throws Exception {
        assertThat(children).isNotEmpty();
        for (ProcessHandle child : children) {
            assertThat(child.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    private static List<String> paths(Spoken spoken) {
        return spoken.events().stream().filter(event -> name(event).equals("connected"))
                .map(event -> event.get("round").getAsString() + " " + event.get("local").getAsString()).sorted().toList();
    }

    private static String name(JsonObject event) {
        return event.get("event").getAsString();
    }
}
