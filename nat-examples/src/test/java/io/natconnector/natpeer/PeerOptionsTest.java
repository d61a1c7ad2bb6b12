package io.natconnector.natpeer;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.cli.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerOptionsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            connect                                                      | PEER         | PEER
            connect bob                                                  | --name       | --signal
            connect bob --name a --signal ftp://x                        | --signal     | dir:PATH
            connect bob --name a --signal mqtt://u@x/path                | --signal     | mqtt://broker.example.org
            connect bob --name a --signal mqtt://x                       | --secret     | --unsealed
            connect bob --name a --signal mqtt://x --secret short        | --secret     | 8 characters
            connect bob --name a --signal dir:x --linger soon            | --linger     | seconds
            listen --name b --signal dir:x --relay-only                  | --relay-only | --relay turn:HOST:PORT
            listen --name b --signal dir:x --relay turn:h                | --user       | 1 need one, 0 given
            listen --name b --signal dir:x --relay turn:h --user u       | --pass       | 1 need one, 0 given
            listen --name b --signal dir:x --relay turn:u@h              | --relay      | USER:PASSWORD
            listen --name b --signal dir:x --relay turn:h?transport=ws   | --relay      | transport=tcp
            listen --name b --signal dir:x --relay turn:u:p@h:x          | --relay      | no HOST:PORT
            listen --name b --signal dir:x --timeout 0                   | --timeout    | seconds
            listen --name b --signal dir:x --plaintext --identity k      | --plaintext  | --known-peers
            check                                                        | --stun       | HOST:PORT
            check --with bob                                             | --name       | --signal
            check --with bob --name a --signal mqtt://x                  | --secret     | --unsealed
            check --stun h:0                                             | --stun       | HOST:PORT
            check --stun h --bind 192.0.2                                | --bind       | an IP address
            """)
    void aWrongOptionIsNamedTogetherWithWhatItTakes(String line, String option, String takes) {
        Spoken spoken = Spoken.by(line.strip().split(" +"));

        assertThat(spoken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(spoken.complaint()).contains(option).contains(takes);
    }

    @Test
    void aPasswordIsNotInTheComplaint() {
        assertThat(Spoken.by("check", "--relay", "turn:alice:hush@host:x").complaint()).contains("--relay").doesNotContain("hush");
        assertThat(Spoken.by("connect", "bob", "--name", "a", "--signal", "mqtt://alice:hush@host:x").complaint())
                .contains("--signal").doesNotContain("hush");
    }
}
