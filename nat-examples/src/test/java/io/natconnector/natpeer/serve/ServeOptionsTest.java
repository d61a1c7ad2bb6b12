package io.natconnector.natpeer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.natpeer.Spoken;
import io.natconnector.natpeer.cli.ExitCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ServeOptionsTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --listen here                                   | --listen      | an IP address
            --port 70000                                    | --port        | a port
            --user alice                                    | --user        | NAME:PASSWORD
            --user a:b --user a:c                           | --user        | each name once
            --rest-secret short                             | --rest-secret | 8 characters
            --relay-ports 100-200                           | --relay-ports | 49152-65535
            --relay-ports 50000                             | --relay-ports | LO-HI
            --allow-peer 10/8                               | --allow-peer  | 192.168.0.0/16
            --tls-port 5349                                 | --tls-port    | --self-signed
            --dtls-port 5349                                | --dtls-port   | --self-signed
            --tls-port 5349 --cert cert.pem                 | --cert        | go together
            --self-signed                                   | certificate   | --tls-port
            --broker-user :x                                | --broker-user | NAME:PASSWORD
            --rest-secret ******** | --rest-secret | asterisks
            --user alice:********                           | --user        | asterisks
            --rest-secret 12345678 --rest-secret 23456789 --rest-secret 34567890 | --rest-secret | two while
            --external-ip 192.0.2.1 --external-ip 192.0.2.2 | --external-ip | one address of each family
            --relay-v6 192.0.2.1                            | --relay-v6    | IPv6 address
            --relay-v4 2001:db8::1                          | --relay-v4    | IPv4 address
            --relay-v6 ::                                   | --relay-v6    | no wildcard
            --user-quota 0                                  | --user-quota  | from 1
            --max-allocations many                          | --max-allocations | from 1
            --max-bps -1                                    | --max-bps     | bytes from 0
            --metrics localhost:9090                        | --metrics     | ADDRESS:PORT
            --metrics 127.0.0.1                             | --metrics     | a port of loopback
            --metrics 99999                                 | --metrics     | 127.0.0.1:9090
            --alternate-server :3478                        | --alternate-server | HOST:PORT
            --drain-seconds soon                            | --drain-seconds | seconds from 0
            --config /nowhere/at/all                        | --config      | /nowhere/at/all
            """)
    void aWrongOptionIsNamedTogetherWithWhatItTakes(String line, String option, String takes) {
        Spoken spoken = Spoken.by(("serve " + line.strip()).split(" +"));

        assertThat(spoken.code()).isIn(ExitCode.USAGE, ExitCode.ENVIRONMENT);
        assertThat(spoken.complaint()).contains(option).contains(takes);
    }

    @Test
    void optionsMayStandInAFileWithoutTheirDashes() throws IOException {
        Path file = Files.writeString(directory.resolve("conf"), """
                # a comment
                port = 3500
                user.1 = alice:secret
                user.2 = bob: hush
                no-broker = true
                """);

        assertThat(ConfigFile.read(file)).isEqualTo(Map.of("no-broker", List.of("true"), "port", List.of("3500"),
                "user", List.of("alice:secret", "bob: hush")));
    }

    @Test
    void aWrongOptionInAFileIsSaidToBeThere() throws IOException {
        Path file = Files.writeString(directory.resolve("conf"), "usr = alice:secret\n");

        Spoken spoken = Spoken.by("serve", "--config", file.toString());

        assertThat(spoken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(spoken.complaint()).contains("in " + file + ": there is no option 'usr'").contains("--user")
                .doesNotContain("secret");
    }

    @Test
    void theAdviceIsCommandLinesThatAShellTakes() {
        String advice = advice("--user", "alice:it's", "--allow-peer", "10.0.0.0/8", "--broker-user", "m q:t/t");

        assertThat(advice).contains("natpeer listen --name bob --signal mqtt://m%20q:t%2Ft@10.0.0.5:1883 --secret ")
                .contains("--stun 10.0.0.5:3478 --relay turn:10.0.0.5:3478 --user alice --pass 'it'\\''s'")
                .contains("natpeer connect bob --name alice").doesNotContain("need --allow-peer");
    }

    @Test
    void aPrivateRelayThatRelaysToNobodyHereIsPointedOut() {
        assertThat(advice("--user", "alice:secret")).contains("peers in this network need --allow-peer");
    }

    @Test
    void withASharedSecretTheAdviceHasCredentialsForAWhile() {
        assertThat(advice("--rest-secret", "hush hush")).containsPattern("--user [0-9]+:peer --pass [A-Za-z0-9+/=]{28}")
                .doesNotContain("hush hush");
    }

    @Test
    void withoutUsersThereIsNoRelay() {
        assertThat(advice()).contains("nobody may use it").doesNotContain("turn:");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ConfigFile.read(directory.resolve("none"))).isInstanceOf(IOException.class)
                .hasMessageContaining("--config");
    }

    private static String advice(String... arguments) {
        ServeOptions options = CommandLine.populateCommand(new ServeOptions(), arguments);
        List<InetSocketAddress> listening = List.of(new InetSocketAddress("10.0.0.5", 3478));
        return new Advice(options, listening, "10.0.0.5:3478", "mqtt://10.0.0.5:1883").text();
    }
}
