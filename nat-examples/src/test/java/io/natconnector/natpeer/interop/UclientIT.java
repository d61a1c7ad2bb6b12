package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.Running;
import io.natconnector.natpeer.Spoken;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** coturn's own test programs as clients of {@code natpeer serve}. */
@Timeout(900)
class UclientIT {
    private static final String SECRET = "whoever-makes-users";
    private static final String PEER = "-e 127.0.0.1 -r 13480";
    private static final String PEER6 = "-e ::1 -r 13480";
    private static final Pattern COUNTS = Pattern.compile("tot_send_msgs=(\\d+), tot_recv_msgs=(\\d+)");

    private static Namespace namespace;
    private static Running server;
    private static Running peer;

    @BeforeAll
    static void start() throws Exception {
        Installed.require(List.of("sh", "-c", "command -v turnutils_uclient"), "coturn");
        namespace = Namespace.create();
        peer = Running.program(namespace.prefixed(List.of("turnutils_peer", "-p", "13480", "-L", "127.0.0.1", "-L", "::1")));
        server = Running.natpeer(namespace.prefix(), "serve", "--no-broker", "--listen", "127.0.0.1", "--listen", "::1", "--port",
                "3478", "--tls-port", "5349", "--dtls-port", "5349", "--self-signed", "--second-address", "127.0.0.2:3479",
                "--user", "u1:secret", "--rest-secret", SECRET, "--user-quota", "1000", "--network-quota", "1000",
                "--allow-peer", "127.0.0.0/8", "--allow-peer", "::1", "--mobility", "--old-channels");
        server.awaitOutput(line -> line.equals("ready"));
    }

    @AfterAll
    static void end() {
        for (AutoCloseable each : new AutoCloseable[] {server, peer, namespace}) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * What the clients sent came back, all of it. Left out is {@code -Z}: for both families at once this client uses the number of
     * an old draft (0x8032 instead of RFC 8656's 0x8000), and by chance asks for the second one afterwards.
     */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "channels,                           -p 3478 PEER -m 2 127.0.0.1",
        "channels without a port for RTCP,   -p 3478 PEER -m 2 -c 127.0.0.1",
        "indications,                        -p 3478 PEER -m 2 -s 127.0.0.1",
        "padded channels,                    -p 3478 PEER -D 127.0.0.1",
        "client to client,                   -p 3478 -y -m 2 127.0.0.1",
        "client to client by indications,    -p 3478 -y -s -m 2 127.0.0.1",
        "not to be fragmented,               -p 3478 PEER -g 127.0.0.1",
        "datagrams of 1400 bytes,            -p 3478 PEER -l 1400 127.0.0.1",
        "the IPv4 family by name,            -p 3478 PEER -X 127.0.0.1",
        "more permissions and channels,      -p 3478 PEER -G -m 2 127.0.0.1",
        "an IPv6 relay for an IPv4 client,   -p 3478 -x PEER6 127.0.0.1",
        "an IPv6 relay for an IPv6 client,   -p 3478 -x PEER6 ::1",
        "TCP,                                -p 3478 -t PEER -m 2 127.0.0.1",
        "TCP and indications,                -p 3478 -t -s PEER -m 2 127.0.0.1",
        "TCP and client to client,           -p 3478 -t -y -m 2 127.0.0.1",
        "TLS,                                -p 5349 -t -S PEER -m 2 127.0.0.1",
        "TLS and indications,                -p 5349 -t -S -s PEER 127.0.0.1",
        "DTLS,                               -p 5349 -S PEER -m 2 127.0.0.1",
        "DTLS and indications,               -p 5349 -S -s PEER -m 2 127.0.0.1",
        "DTLS and client to client,          -p 5349 -S -y -m 2 127.0.0.1",
        "DTLS over IPv6,                     -p 5349 -S PEER6 -x ::1",
        "many clients over DTLS,             -p 5349 -S PEER -c -m 40 127.0.0.1",
        "TCP connections relayed,            -p 3478 -T -m 2 127.0.0.1",
        "TCP connections relayed over TLS,   -p 5349 -T -S -m 2 127.0.0.1",
        "TCP connections relayed over IPv6,  -p 3478 -T -x -m 2 ::1",
        "mobility,                           -p 3478 -M PEER -m 2 127.0.0.1",
        "what is wrong in between,           -p 3478 -N -s PEER -m 1 127.0.0.1",
        "clients that vanish,                -p 3478 -B PEER -m 2 127.0.0.1",
        "two hundred clients,                -p 3478 PEER -c -m 200 127.0.0.1"})
    void carriesAllThatItsClientsSend(String what, String arguments) throws Exception {
        Matcher counts = COUNTS.matcher(uclient("-u u1 -w secret " + arguments));

        int sent = 0;
        int received = 0;
        while (counts.find()) {
            sent = Integer.parseInt(counts.group(1));
            received = Integer.parseInt(counts.group(2));
        }
        assertThat(sent).as(what).isPositive();
        assertThat(received).isEqualTo(sent);
    }

    /** Of connections that peers make, this client counts each message that it sends and one of two that come, coturn's too. */
    @Test
    void carriesConnectionsThatPeersMake() throws Exception {
        String output = uclient("-u u1 -w secret -p 3478 -P -m 2 127.0.0.1");

        Matcher counts = COUNTS.matcher(output);
        assertThat(counts.results().reduce((first, second) -> second).orElseThrow()).satisfies(last ->
                assertThat(2 * Integer.parseInt(last.group(2))).isEqualTo(Integer.parseInt(last.group(1))));
    }

    @Test
    void knowsUsersByTheSecretTheyWereMadeWith() throws Exception {
        String client = " -u gorst -p 3478 PEER -c -m 1 127.0.0.1";

        assertThat(uclient("-W " + SECRET + client)).contains("tot_send_msgs=5, tot_recv_msgs=5");
        assertThat(uclient("-W another" + client, false)).contains("Cannot complete Allocation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void tellsTheirAddress(String address) throws Exception {
        assertThat(run(List.of("turnutils_stunclient", "-p", "3478", address), true)).contains("UDP reflexive addr: ");
    }

    @ParameterizedTest
    @CsvSource({"-m, Endpoint Independent Mapping!", "-f, Endpoint Independent Filtering!", "-H, hairpinning",
        "-m -P, Endpoint Independent Mapping!"})
    void helpsToFindOutWhatNatsDo(String options, String finding) throws Exception {
        List<String> command = new ArrayList<>(List.of("turnutils_natdiscovery"));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of("-p", "3478", "127.0.0.1"));

        assertThat(run(command, true)).contains(finding).contains("Other addr: : 127.0.0.2:3479");
    }

    private static String uclient(String arguments) throws Exception {
        return uclient(arguments, true);
    }

    private static String uclient(String arguments, boolean succeeds) throws Exception {
        List<String> command = new ArrayList<>(List.of("turnutils_uclient", "-n", "5", "-z", "10"));
        String known = arguments.replace("PEER6", PEER6).replace("PEER", PEER);
        if (!known.contains("-l ")) {
            command.addAll(List.of("-l", "170"));
        }
        command.addAll(List.of(known.split(" +")));
        return run(command, succeeds);
    }

    private static String run(List<String> command, boolean succeeds) throws Exception {
        try (Running program = Running.program(namespace.prefixed(command))) {
            Spoken spoken = program.await();
            assertThat(spoken.code() == 0).as(spoken.output() + spoken.complaint()).isEqualTo(succeeds);
            return spoken.output() + spoken.complaint();
        }
    }
}
