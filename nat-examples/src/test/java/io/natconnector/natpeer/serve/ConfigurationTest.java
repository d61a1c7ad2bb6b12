package io.natconnector.natpeer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Options from the command line, the environment and a file. */
class ConfigurationTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final CommandLine command = new CommandLine(new ServeCommand());

    private Configuration read(String... line) throws IOException {
        command.parseArgs(line);
        return Configuration.read(command.getCommandSpec(), environment);
    }

    /** With such a file. */
    private Configuration readWith(String file, String... line) throws IOException {
        environment.put("NATPEER_CONFIG", Files.writeString(directory.resolve("serve.conf"), file).toString());
        return read(line);
    }

    private static String print(Configuration configuration) {
        StringWriter text = new StringWriter();
        configuration.print(new PrintWriter(text, true));
        return text.toString();
    }

    private static Properties printed(Configuration configuration) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(print(configuration)));
        return properties;
    }

    @Test
    void theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
        environment.put("NATPEER_PORT", "2");
        environment.put("NATPEER_REALM", "of the environment");

        Properties printed = printed(readWith("port = 3\nrealm = of the file\nbroker-port = 3\n", "--port", "1"));

        assertThat(printed).containsEntry("port", "1").containsEntry("realm", "of the environment")
                .containsEntry("broker-port", "3").containsEntry("relay-ports", "49152-65535");
    }

    @Test
    void whatMayBeRepeatedIsTakenWholeFromOnePlace() throws IOException {
        environment.put("NATPEER_USER_2", "bob:hush");
        environment.put("NATPEER_USER_10", "carol:hush");
        environment.put("NATPEER_USER_1", "alice:hush");

        Properties printed = printed(readWith("user.1 = eve:hush\nallow-peer = 10.0.0.0/8\n", "--listen", "127.0.0.1",
                "--listen", "::1"));

        assertThat(printed).containsEntry("user.1", "alice:********").containsEntry("user.2", "bob:********")
                .containsEntry("user.3", "carol:********").doesNotContainKey("user.4").containsEntry("allow-peer.1", "10.0.0.0/8")
                .containsEntry("listen.1", "127.0.0.1").containsEntry("listen.2", "::1");
    }

    @Test
    void aSwitchCanBeTurnedOffAgain() throws IOException {
        environment.put("NATPEER_NO_STUN", "true");

        assertThat(printed(readWith("no-broker = true\n", "--no-broker=false"))).containsEntry("no-broker", "false")
                .containsEntry("no-stun", "true");
    }

    @Test
    void secretsAreNotPrinted() throws IOException {
        String printed = print(readWith("rest-secret = known to two\nbroker-user = alice:confidential\n", "--user", "bob:private"));

        assertThat(printed).contains("rest-secret.1 = ********", "broker-user.1 = alice:********", "user.1 = bob:********")
                .doesNotContain("known to", "confidential", "private");
    }

    @Test
    void whatIsPrintedSaysWhereItStands() throws IOException {
        environment.put("NATPEER_REALM", "x");

        String printed = print(readWith("max-bps = 1000\n", "--port", "1"));

        assertThat(printed).containsSubsequence("# From the command line", "port = 1", "# From NATPEER_REALM", "realm = x",
                "# From " + directory, "max-bps = 1000", "# By default", "user-quota = 40", "# Not set: ", "relay-v6");
    }

    @Test
    void whatIsPrintedReadsBackAsTheSame() throws IOException {
        String odd = "a \\ b\\u0041 \t# = : \u00e9 \ud83d\ude00";
        String printed = print(read("--realm", odd, "--allow-peer", "10.0.0.0/8", "--no-broker"));

        Configuration again = readWith(printed);

        assertThat(printed(again)).containsEntry("realm", odd).containsEntry("allow-peer.1", "10.0.0.0/8")
                .containsEntry("no-broker", "true");
    }

    @Test
    void aWrongValueIsSaidToBeWhereItStands() {
        environment.put("NATPEER_PORT", "70000");
        assertThatThrownBy(() -> read()).isInstanceOf(ParameterException.class)
                .hasMessageContaining("in NATPEER_PORT").hasMessageContaining("--port").hasMessageContaining("from 0 to 65535");
        assertThatThrownBy(() -> readWith("no-broker = maybe\n", "--port", "1")).isInstanceOf(ParameterException.class)
                .hasMessageContaining("serve.conf").hasMessageContaining("--no-broker");
    }

    @Test
    void whatAFileCannotSayIsRefused() {
        for (String name : new String[] {"config", "print-config", "help", "verbose", "prot"}) {
            assertThatThrownBy(() -> readWith(name + " = true\n")).isInstanceOf(ParameterException.class)
                    .hasMessageContaining("there is no option '" + name + "'");
        }
    }

    @Test
    void aVariableThatNamesNothingIsPointedOut() throws IOException {
        environment.putAll(Map.of("NATPEER_PROT", "1", "NATPEER_PASS", "x", "NATPEER_PORT", "1", "NATPEER_USER_1", "a:b"));

        assertThat(read().strangers()).containsExactly("NATPEER_PROT");
    }
}
