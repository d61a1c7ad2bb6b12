package io.natconnector.natpeer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natconnector.natpeer.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** serve, listen, connect and check as processes over loopback. */
@Timeout(300)
class TalkIT {
    @TempDir
    private Path directory;

    private Running server;
    private String address;
    private String broker;

    @BeforeEach
    void serve() throws Exception {
        Path config = Files.writeString(directory.resolve("serve.conf"), """
                listen = 127.0.0.1
                port = 9
                broker-port = 0
                user.1 = alice:secret
                user.2 = bob:hush
                allow-peer = 127.0.0.0/8
                """);
        server = Running.natpeer("serve", "--config", config.toString(), "--port", "0", "--json");
        JsonObject ready = JsonParser.parseString(server.awaitOutput(line -> line.contains("ready"))).getAsJsonObject();
        address = ready.get("stun").getAsString();
        broker = ready.get("broker").getAsString();
        assertThat(address).startsWith("127.0.0.1:").doesNotEndWith(":9");   // the command line has the last word
    }

    @AfterEach
    void end() {
        server.close();
    }

    @Test
    void linesGoThereAndBack() throws Exception {
        try (Running bob = peer("listen", "--name", "bob", "--echo"); Running alice = peer("connect", "bob", "--name", "alice")) {
            alice.awaitComplaint(line -> line.contains("connected with bob: host")
                    && line.contains("encrypted with AES-128-GCM, its identity sha-256 "));
            alice.type("hello");
            alice.awaitOutput("hello"::equals);
            alice.type("again");
            alice.endInput();

            Spoken spoken = alice.await();
            assertThat(spoken.code()).as(spoken.complaint()).isEqualTo(ExitCode.OK);
            assertThat(spoken.output()).isEqualTo("hello\nagain");
            bob.awaitOutput("again"::equals);
            bob.awaitComplaint(line -> line.contains("alice"));
        }
    }

    @Test
    void relayOnlyGoesThroughTheRelay() throws Exception {
        try (Running bob = peer("listen", "--name", "bob", "--once", "--relay-only");
                Running alice = peer("connect", "bob", "--name", "alice", "--relay-only")) {
            alice.awaitComplaint(line -> line.contains("connected with bob: relayed"));
            bob.awaitComplaint(line -> line.contains("connected with alice: relayed"));
            bob.type("from bob");
            alice.awaitOutput("from bob"::equals);
            alice.endInput();

            assertThat(alice.await().code()).isEqualTo(ExitCode.OK);
            assertThat(bob.await().code()).isEqualTo(ExitCode.OK);
        }
    }

    @Test
    void aPeerWithAnotherKeyThanBeforeIsRefused() throws Exception {
        String known = directory.resolve("known").toString();
        for (String key : new String[] {"first", "first", "second"}) {
            try (Running bob = peer("listen", "--name", "bob", "--identity", directory.resolve(key).toString());
                    Running alice = peer("connect", "bob", "--name", "alice", "--known-peers", known)) {
                if (key.equals("first")) {
                    alice.awaitComplaint(line -> line.contains("connected with bob"));
                    alice.endInput();
                    assertThat(alice.await().code()).isEqualTo(ExitCode.OK);
                } else {
                    Spoken spoken = alice.await();
                    assertThat(spoken.code()).isEqualTo(ExitCode.FAILED);
                    assertThat(spoken.complaint()).contains("not who it is known to be").doesNotContain("connected with bob");
                }
            }
        }
    }

    @Test
    void aPeerThatIsNotThereIsReportedWithAdvice() throws Exception {
        try (Running alice = peer("connect", "nobody", "--name", "alice", "--timeout", "6")) {
            Spoken spoken = alice.await();

            assertThat(spoken.code()).isEqualTo(ExitCode.FAILED);
            assertThat(spoken.complaint()).contains("is it running and listening under this name")
                    .contains("ours:   host 127.0.0.1");
            assertThat(spoken.output()).isEmpty();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (Running second = Running.natpeer("serve", "--listen", "127.0.0.1", "--no-broker", "--port", address.split(":")[1])) {
            Spoken spoken = second.await();

            assertThat(spoken.code()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(spoken.complaint()).contains(address).contains("is the port taken");
        }
    }

    @Test
    void aCheckShowsWhatTheServersSay() {
        Spoken check = Spoken.by("check", "--json", "--bind", "127.0.0.1", "--stun", address,
                "--relay", "turn:alice:secret@" + address);

        assertThat(check.code()).as(check.output() + check.complaint()).isEqualTo(ExitCode.OK);
        assertThat(check.event("network").get("mapping").getAsString()).isEqualTo("none");
        assertThat(check.event("network").getAsJsonArray("servers")).hasSize(2);
        assertThat(check.event("network").getAsJsonArray("relayed")).hasSize(1);

        Spoken table = Spoken.by("check", "--bind", "127.0.0.1", "--stun", address);
        assertThat(table.output()).contains("there is no NAT").contains("stun  " + address);
    }

    @Test
    void aCheckWithAPeerTellsHowItIsReached() throws Exception {
        try (Running bob = peer("listen", "--name", "bob"); Running check = peer("check", "--with", "bob", "--name", "alice");
                Running json = peer("check", "--json", "--with", "bob", "--name", "carol")) {
            bob.awaitComplaint(line -> line.contains("listening"));

            Spoken spoken = check.await();
            assertThat(spoken.code()).as(spoken.output() + spoken.complaint()).isEqualTo(ExitCode.OK);
            assertThat(spoken.output()).contains("with bob").contains("direct: host 127.0.0.1").contains("data goes directly");

            JsonObject pair = json.await().event("pair");
            assertThat(pair.get("direct").getAsBoolean()).isTrue();
            assertThat(pair.get("verdict").getAsString()).isEqualTo("found");
        }
    }

    @Test
    void aCheckWithAPeerThatIsNotThereFailsAndSaysWhatToSee() throws Exception {
        try (Running check = peer("check", "--with", "nobody", "--name", "alice", "--patience", "4")) {
            Spoken spoken = check.await();

            assertThat(spoken.code()).as(spoken.output() + spoken.complaint()).isEqualTo(ExitCode.FAILED);
            assertThat(spoken.output()).contains("not connected").contains("listening under this name");
        }
    }

    @Test
    void aCheckFailsWhenARelayRefusesUs() {
        Spoken check = Spoken.by("check", "--json", "--bind", "127.0.0.1", "--stun", address,
                "--relay", "turn:alice:wrong@" + address);

        assertThat(check.code()).as(check.output()).isEqualTo(ExitCode.FAILED);
    }

    private Running peer(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--signal", broker, "--secret", "known to both", "--bind", "127.0.0.1", "--stun", address,
                "--relay", "turn:" + address, "--user", "alice", "--pass", "secret"));
        return Running.natpeer(line.toArray(String[]::new));
    }
}
