package io.natconnector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.natconnector.portmap.MappingProtocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Against the gateway daemon of many home routers, in network namespaces: alice - router - internet. Needs root, iproute2, nft and
 * miniupnpd for nftables.
 */
@Timeout(90)
class MiniupnpdIT {
    private static final String ALICE = "10.77.1.2";
    private static final String OUTSIDE = "5.5.5.1";          // miniupnpd refuses addresses that are for documentation
    private static final String RULES = """
            table inet filter {
              chain input { type filter hook input priority 0; policy accept; }
              chain forward { type filter hook forward priority 0; policy drop; jump miniupnpd;
                iifname lan accept; ct state established,related accept; }
              chain miniupnpd { }
              chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
              chain prerouting_miniupnpd { }
              chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; oifname wan masquerade; }
              chain postrouting_miniupnpd { }
            }
            """;

    private final String prefix = "nat" + ProcessHandle.current().pid() + "-";
    private final List<Process> processes = new ArrayList<>();
    @TempDir
    private Path directory;

    @BeforeEach
    void needsRootAndPrograms() {
        List<String> missing = Stream.of("ip", "nft", "miniupnpd", "bash").filter(program -> find(program) == null).toList();
        boolean root = "root".equals(System.getProperty("user.name"));
        boolean runs = root && missing.isEmpty() && run("ip", "netns", "add", prefix + "router").isEmpty();
        if (!runs) {
            System.err.println("MiniupnpdIT IS SKIPPED: " + (!missing.isEmpty() ? "there is no " + missing
                    + "; install iproute2, nftables and miniupnpd-nftables" : "it needs root and network namespaces"));
        }
        assumeThat(runs).as("root, namespaces and programs").isTrue();
    }

    private static String find(String program) {
        return Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin")
                .map(path -> Path.of(path, program)).filter(Files::isExecutable).map(Path::toString).findFirst().orElse(null);
    }

    @AfterEach
    void tearDown() {
        processes.forEach(Process::destroy);
        Stream.of("alice", "router", "internet").forEach(name -> run("ip", "netns", "delete", prefix + name));
    }

    @ParameterizedTest
    @EnumSource
    void opensAPortLetsTheInternetInAndGivesThePortBack(MappingProtocol protocol) throws IOException, InterruptedException {
        startRouter(protocol);
        Process alice = start("alice", java(), "-cp", System.getProperty("java.class.path"),
                "io.natconnector.MappedProgram", ALICE);
        try (BufferedReader out = alice.inputReader(UTF_8); Writer in = alice.outputWriter(UTF_8)) {
            String granted = readUntil(out, "gateway 10.77.1.1 by " + protocol + " from ");
            assertThat(granted).matches(".*: " + OUTSIDE.replace(".", "[.]") + ":[0-9]+$");
            String port = granted.substring(granted.lastIndexOf(':') + 1);
            readUntil(out, "checked");
            assertThat(rules()).contains("th dport " + port + " dnat ip to " + ALICE);

            long before = received(in, out);
            assertThat(run("ip", "netns", "exec", prefix + "internet", "bash", "-c",
                    "for i in 1 2 3 4 5; do echo hello > /dev/udp/" + OUTSIDE + "/" + port + "; done")).isEmpty();
            long after = before;
            for (int i = 0; i < 1000 && after < before + 5; i++) {
                after = received(in, out);
            }
            assertThat(after).isGreaterThanOrEqualTo(before + 5);

            in.close();
            readUntil(out, "closed");
        }
        assertThat(alice.waitFor(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100 && rules().contains("dnat"); i++) {
            Thread.onSpinWait();                              // the daemon is another process: give it some runs of nft
        }
        assertThat(rules()).doesNotContain("dnat");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static long received(Writer in, BufferedReader out) throws IOException {
        in.write("?\n");
        in.flush();
        return Long.parseLong(readUntil(out, "received ").substring("received ".length()));
    }

    private static String readUntil(BufferedReader out, String beginning) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line; (line = out.readLine()) != null; ) {
            seen.append(line).append('\n');
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new AssertionError("no " + beginning + " in\n" + seen);
    }

    private String rules() {
        return run("ip", "netns", "exec", prefix + "router", "nft", "list", "ruleset");
    }

    /** Lets the router speak this protocol and no better one. */
    private void startRouter(MappingProtocol protocol) throws IOException {
        for (String command : List.of(
                "ip netns add @alice", "ip netns add @internet",
                "ip link add eth0 netns @alice type veth peer name lan netns @router",
                "ip link add eth0 netns @internet type veth peer name wan netns @router",
                "ip -n @alice addr add 10.77.1.2/24 dev eth0", "ip -n @alice link set eth0 up", "ip -n @alice link set lo up",
                "ip -n @router addr add 10.77.1.1/24 dev lan", "ip -n @router link set lan up", "ip -n @router link set lo up",
                "ip -n @router addr add 5.5.5.1/24 dev wan", "ip -n @router link set wan up",
                "ip -n @internet addr add 5.5.5.2/24 dev eth0", "ip -n @internet link set eth0 up",
                "ip -n @alice route add default via 10.77.1.1",
                // As a wire would: else datagrams that were sent together come to the router's rules as one
                "ip -n @alice link set eth0 gso_max_segs 1",
                "ip netns exec @router sysctl -qw net.ipv4.ip_forward=1",
                "ip netns exec @router nft -f " + Files.writeString(directory.resolve("rules"), RULES))) {
            assertThat(run(command.replace("@", prefix).split(" "))).as(command).isEmpty();
        }
        if (protocol == MappingProtocol.NAT_PMP) {            // the daemon has one switch for both
            assertThat(run("ip", "netns", "exec", prefix + "router", "nft", "add", "rule", "inet", "filter", "input", "udp",
                    "dport", "5351", "@th,64,8", "2", "drop")).isEmpty();
        }
        Path config = Files.write(directory.resolve("conf"), List.of("ext_ifname=wan", "listening_ip=lan", "port=0",
                "enable_natpmp=" + (protocol == MappingProtocol.UPNP ? "no" : "yes"), "enable_upnp=yes", "secure_mode=yes",
                "system_uptime=no", "uuid=00000000-0000-0000-0000-000000000001", "notify_interval=900",
                "upnp_table_name=filter", "upnp_nat_table_name=filter", "upnp_forward_chain=miniupnpd",
                "upnp_nat_chain=prerouting_miniupnpd", "upnp_nat_postrouting_chain=postrouting_miniupnpd",
                "allow 1024-65535 10.77.1.0/24 1024-65535", "deny 0-65535 0.0.0.0/0 0-65535"));
        Process daemon = start("router", find("miniupnpd"), "-d", "-f", config.toString(), "-P",
                directory.resolve("pid").toString());
        BufferedReader log = daemon.inputReader(UTF_8);
        for (String line; (line = log.readLine()) != null && !line.contains("HTTP listening"); ) {
            assertThat(line).doesNotContain("rror");
        }
        Thread drain = new Thread(() -> swallow(log), "miniupnpd-log");
        drain.setDaemon(true);
        drain.start();
    }

    private static void swallow(BufferedReader log) {
        try {
            while (log.readLine() != null) {
                continue;
            }
        } catch (IOException e) {
            return;                                           // the daemon was ended, and its output with it
        }
    }

    private Process start(String namespace, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + namespace));
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    /** What it prints, and "failed" if it fails without a word. */
    private static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            return process.waitFor() == 0 || !said.isEmpty() ? said : "failed";
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
