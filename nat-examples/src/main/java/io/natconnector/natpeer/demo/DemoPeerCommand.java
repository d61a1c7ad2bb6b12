package io.natconnector.natpeer.demo;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.natconnector.ConnectReport;
import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.NatException;
import io.natconnector.Path;
import io.natconnector.PeerChannel;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.IpAddress;
import io.natconnector.natpeer.cli.JsonLine;
import io.natconnector.natpeer.cli.ParentWatch;
import io.natconnector.natpeer.cli.Text;
import io.natconnector.signal.MqttSignaling;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One peer of the demo, a process of its own; the demo starts it. */
@Command(name = "demo-peer", hidden = true)
public final class DemoPeerCommand implements Callable<Integer> {
    /** Names of environment variables. */
    static final String USER = "NATPEER_DEMO_USER";
    static final String PASSWORD = "NATPEER_DEMO_PASSWORD";
    static final String SECRET = "NATPEER_DEMO_SECRET";

    private static final int ROUND_TRIPS = 20;
    private static final long LOAD_TIME = MILLISECONDS.toNanos(1000);

    @Option(names = "--name", required = true, description = "Who we are.")
    private String name;

    @Option(names = "--peer", description = "Who to connect to; if not given, we listen.")
    private String peer;

    @Option(names = "--server", required = true, description = "STUN and TURN, HOST:PORT.")
    private String server;

    @Option(names = "--broker", required = true, description = "mqtt://HOST:PORT.")
    private String broker;

    @Option(names = "--relay-only", description = "Through the relay.")
    private boolean relayOnly;

    @Option(names = "--bind", converter = IpAddress.class, required = true, description = "Local addresses.")
    private List<InetAddress> bind;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch word = ParentWatch.begin();
        String user = System.getenv(USER);
        String password = System.getenv(PASSWORD);
        MqttSignaling mqtt = MqttSignaling.to(broker).secret(System.getenv(SECRET));
        DemoTalk talk = new DemoTalk();
        Supplier<ConnectorBuilder> builders = () -> {
            ConnectorBuilder builder = Connector.builder().stunServer(server).relay(server, user, password)
                    .bind(bind.toArray(InetAddress[]::new));
            return relayOnly ? builder.relayOnly() : builder;
        };
        try {
            DemoRehearsal.run(builders);
        } catch (IOException e) {
            System.err.println(e.getMessage());                // the performance will tell
        }
        try (Connector connector = builders.get().name(name).signaling(new ObservedSignaling(mqtt, this::words)).build()) {
            connector.listen(channel -> channel.pipeline().addLast(talk));
            if (peer != null) {
                word.await();                                  // until the other side is up
                connector.connect(peer, talk).whenComplete((channel, failure) -> {
                    if (failure != null) {
                        talk.active().completeExceptionally(failure);
                    }
                });
            }
            measure(talk.active().get(), talk);
            new CountDownLatch(1).await();                     // the demo ends us: the other side may still be at work
            return ExitCode.OK;
        } catch (ExecutionException e) {
            failed(e.getCause());
        } catch (IOException e) {
            failed(e);
        }
        return ExitCode.FAILED;
    }

    private void measure(PeerChannel channel, DemoTalk talk) throws IOException, InterruptedException {
        ConnectReport report = channel.report();
        JsonLine connected = JsonLine.event("connected");
        report.connectedAfter().ifPresent(after -> connected.put("ms", after.toNanos() / 1e6));
        connected.put("cipher", channel.cipher()).put("identity", channel.identity().fingerprint());
        say(path(connected, channel.path()));
        long[] roundTrips = new long[ROUND_TRIPS];
        for (int i = 0; i < ROUND_TRIPS; i++) {
            roundTrips[i] = talk.roundTrip(channel, i);
            if (i == 0) {
                say(JsonLine.event("data"));
            }
        }
        Arrays.sort(roundTrips);
        say(JsonLine.event("rtt").put("ms", roundTrips[ROUND_TRIPS / 2] / 1e6));
        if (peer != null) {
            talk.awaitQuestion(ROUND_TRIPS - 1);               // the other side has measured, too
            DemoTalk.Load load = talk.load(channel, LOAD_TIME);
            say(JsonLine.event("throughput").put("mbit_s", load.megabitsPerSecond())
                    .put("datagrams_s", load.received() / load.seconds())
                    .put("lost_percent", load.sent() == 0 ? 0 : 100.0 * (load.sent() - load.received()) / load.sent()));
        }
        say(report(path(JsonLine.event("report"), channel.path()), channel.report()));
        say(JsonLine.event("done"));
    }

    private void failed(Throwable failure) {
        JsonLine line = JsonLine.event("failed").put("why", String.valueOf(failure.getMessage()));
        say(failure instanceof NatException described ? report(line, described.report()) : line);
    }

    private void words(String direction, List<String> candidates) {
        say(direction.equals("up") ? JsonLine.event("up").put("pid", ProcessHandle.current().pid())
                : JsonLine.event(direction).put("candidates", candidates));
    }

    private synchronized void say(JsonLine line) {
        out.println(line);
        out.flush();
    }

    private static JsonLine path(JsonLine line, Path path) {
        return path == null ? line : line.put("local", path.localKind().toString()).put("local_addr", Text.address(path.local()))
                .put("remote", path.remoteKind().toString()).put("remote_addr", Text.address(path.remote()));
    }

    private static JsonLine report(JsonLine line, ConnectReport report) {
        return line.putLines("ours", report.local().stream().map(DemoPeerCommand::candidate).toList())
                .putLines("theirs", report.remote().stream().map(DemoPeerCommand::candidate).toList())
                .putLines("pairs", report.pairs().stream().map(DemoPeerCommand::pair).toList());
    }

    private static JsonLine candidate(ConnectReport.Candidate candidate) {
        return new JsonLine().put("kind", candidate.kind().toString()).put("address", Text.address(candidate.address()));
    }

    private static JsonLine pair(ConnectReport.Pair pair) {
        JsonLine line = new JsonLine().put("local", pair.local().toString()).put("remote", pair.remote().toString())
                .put("state", pair.state()).put("nominated", pair.nominated());
        pair.roundTrip().ifPresent(time -> line.put("rtt_ms", time.toNanos() / 1e6));
        return line.put("sent", pair.checksSent()).put("answered", pair.checksAnswered()).put("received", pair.checksReceived())
                .put("outcome", pair.outcome());
    }
}
