package io.natconnector.natpeer;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.cli.ExitCode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionErrorsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ice --role both                                      | --role           | controlling or controlled
            ice --dir /tmp/none                                  | --role           | controlling or controlled
            ice --role controlling                               | --dir            | directory
            ice --stun example.org:99999                         | --stun           | HOST:PORT
            ice --stun 2001:db8::1                               | --stun           | [2001:db8::1]:3478
            ice --turn :3478                                     | --turn           | HOST:PORT
            ice --payload 3                                      | --payload        | from 16 to 1400
            ice --payload 1e3                                    | --payload        | from 16 to 1400
            ice --count 0                                        | --count          | from 1
            ice --timeout -1                                     | --timeout        | seconds
            ice --timeout NaN                                    | --timeout        | seconds
            ice --bind localhost                                 | --bind           | an IP address
            ice --engine pion                                    | --engine         | ours or ice4j
            ice --bench pairs:3                                  | --bench          | agents:N
            ice --bench agents:1                                 | --bench          | agents:N (2 or more)
            ice --bench conns:5:0                                | --bench          | conns:SEC:PARALLEL
            ice --role controlled --dir d --turn-transport sctp  | --turn-transport | takes udp, tcp or tls
            ice --role controlled --dir d --turn-transport tcp --engine ice4j | --turn-transport | --engine ours
            ice --role controlled --dir d --dtls --plaintext     | --dtls           | give one of them
            ice --role controlled --dir d --dtls --engine ice4j  | --dtls           | ice4j does not encrypt
            ice --role controlled --dir d --relay-only           | --relay-only     | --turn HOST:PORT
            ice --role controlled --dir d --turn 192.0.2.1       | --user           | 1 servers, 0 names
            ice --role controlled --dir d --turn a --turn b --turn c --user u --user v --pass p | --user | 3 servers, 2 names
            ice --role controlled --dir d --turn a --user u      | --pass           | 1 servers, 0 passwords
            """)
    void aWrongOptionIsNamedTogetherWithWhatItTakes(String line, String option, String takes) {
        Spoken spoken = Spoken.by(line.strip().split(" +"));

        assertThat(spoken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(spoken.complaint()).contains(option).contains(takes);
    }

    @Test
    void anUnknownOptionIsAnsweredWithTheOneThatWasMeant() {
        assertThat(Spoken.by("ice", "--pasword", "x").complaint()).contains("--pasword").contains("--pass");
    }

    @Test
    void anUnknownCommandIsAnsweredWithTheOneThatWasMeant() {
        Spoken spoken = Spoken.by("icy");

        assertThat(spoken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(spoken.complaint()).contains("no command 'icy'").contains("ice");
    }

    @Test
    void aComplaintIsAFewLinesAndNamesTheHelp() {
        String complaint = Spoken.by("ice", "--count", "many").complaint();

        assertThat(complaint.lines().count()).isLessThanOrEqualTo(3);
        assertThat(complaint).contains("natpeer ice --help").doesNotContain("Exception");
    }

    @Test
    void everyOptionIsDescribed() {
        Natpeer.commandLine().getSubcommands().forEach((name, command) -> command.getCommandSpec().options().forEach(option ->
                assertThat(option.description()).as("%s %s", name, Arrays.toString(option.names())).isNotEmpty()));
    }
}
