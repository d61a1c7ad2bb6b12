package io.natconnector.natpeer.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.natconnector.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalFilesTest {
    private static final String PWD = "asd88fgpdd777uzjYhagZg";
    private static final String HOST = "candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host";
    private static final String RELAYED = "candidate:3 1 udp 16777215 203.0.113.9 50000 typ relay raddr 192.0.2.1 rport 40000";

    @TempDir
    private Path directory;

    @Test
    void whatOneSideTellsTheOtherHearsAsItComes() throws IOException {
        SignalFiles alice = new SignalFiles(directory, Role.CONTROLLING, true);
        SignalFiles.Hearing bob = new SignalFiles(directory, Role.CONTROLLED, true).hear();

        assertThat(bob.poll()).isNull();
        alice.tell(words(false, HOST));
        assertThat(bob.poll()).isEqualTo(words(false, HOST));
        assertThat(bob.poll()).isNull();
        alice.tell(words(false, HOST, RELAYED));
        assertThat(bob.poll()).isEqualTo(words(false, HOST, RELAYED));
        alice.tell(words(true, HOST, RELAYED));
        assertThat(bob.poll()).isEqualTo(words(true, HOST, RELAYED));
        alice.tell(words(true, HOST, RELAYED));
        assertThat(bob.poll()).isNull();
    }

    @Test
    void theTrickleFileIsThereBeforeTheFirstWordsAre() throws IOException {
        new SignalFiles(directory, Role.CONTROLLED, true).tell(words(false));

        assertThat(directory.resolve("controlled.trickle")).isEmptyFile();
        assertThat(JsonParser.parseString(Files.readString(directory.resolve("controlled.json")))).isEqualTo(JsonParser.parseString(
                "{'ufrag':'8hhY','pwd':'" + PWD + "','candidates':[],'trickle':true}"));
    }

    @Test
    void withoutTrickleNothingIsToldUntilGatheringIsOver() throws IOException {
        SignalFiles alice = new SignalFiles(directory, Role.CONTROLLING, false);

        alice.tell(words(false, HOST));
        assertThat(directory).isEmptyDirectory();
        alice.tell(words(true, HOST, RELAYED));

        assertThat(directory).isDirectoryNotContaining("glob:**.trickle");
        assertThat(new SignalFiles(directory, Role.CONTROLLED, false).hear().poll()).isEqualTo(words(true, HOST, RELAYED));
    }

    @Test
    void halfALineIsNotHeardYet() throws IOException {
        Path trickle = Files.writeString(directory.resolve("controlled.trickle"), HOST.substring(0, 20));
        Files.writeString(directory.resolve("controlled.json"),
                "{\"ufrag\":\"8hhY\",\"pwd\":\"" + PWD + "\",\"candidates\":[]}");
        SignalFiles.Hearing hearing = new SignalFiles(directory, Role.CONTROLLING, true).hear();

        assertThat(hearing.poll()).isEqualTo(words(false));
        Files.writeString(trickle, HOST.substring(20) + "\nend", StandardOpenOption.APPEND);
        assertThat(hearing.poll()).isEqualTo(words(false, HOST));
        Files.writeString(trickle, "\n", StandardOpenOption.APPEND);
        assertThat(hearing.poll()).isEqualTo(words(true, HOST));
    }

    @Test
    void candidatesMayComeAsSdpLinesOrBare() throws IOException {
        Files.writeString(directory.resolve("controlled.json"), "{\"trickle\":false,\"candidates\":[\"a=" + HOST + "\",\""
                + RELAYED.substring("candidate:".length()) + "\"],\"pwd\":\"" + PWD + "\",\"ufrag\":\"8hhY\",\"x\":{}}");

        assertThat(new SignalFiles(directory, Role.CONTROLLING, true).hear().poll()).isEqualTo(words(true, HOST, RELAYED));
    }

    @Test
    void aFileThatIsSomethingElseIsSaidToBe() throws IOException {
        SignalFiles.Hearing hearing = new SignalFiles(directory, Role.CONTROLLING, true).hear();
        for (String text : List.of("[]", "{", "{\"ufrag\":1}", "{\"ufrag\":\"a\",\"pwd\":\"b\",\"candidates\":7}")) {
            Files.writeString(directory.resolve("controlled.json"), text);

            assertThatThrownBy(hearing::poll).as(text).isInstanceOf(IOException.class).hasMessageContaining("ufrag");
        }
    }

    @Test
    void aRestartHasNoPlaceInTheseFiles() throws IOException {
        SignalFiles alice = new SignalFiles(directory, Role.CONTROLLING, true);
        SignalFiles.Hearing bob = new SignalFiles(directory, Role.CONTROLLED, true).hear();
        alice.tell(words(false, HOST));
        bob.poll();

        alice.tell(new PeerWords("other", PWD, List.of(RELAYED), true));

        assertThat(bob.poll()).isNull();
    }

    @Test
    void bothWaitForEachOtherAndNotForEver() throws IOException {
        SignalFiles alice = new SignalFiles(directory, Role.CONTROLLING, true);
        SignalFiles bob = new SignalFiles(directory, Role.CONTROLLED, true);

        assertThat(alice.awaitReady(0)).isFalse();
        bob.ready();
        assertThat(alice.awaitReady(Long.MAX_VALUE)).isTrue();
        assertThat(bob.awaitReady(0)).isFalse();
        alice.done();
        assertThat(bob.awaitDone(Long.MAX_VALUE)).isTrue();
    }

    private static PeerWords words(boolean complete, String... candidates) {
        return new PeerWords("8hhY", PWD, List.of(candidates), complete);
    }
}
