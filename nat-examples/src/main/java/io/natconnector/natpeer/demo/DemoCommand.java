package io.natconnector.natpeer.demo;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.gson.JsonObject;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.Verbosity;
import io.natconnector.signal.MqttSignaling;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code natpeer demo}. */
@Command(name = "demo", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "Starts a server and two peers as processes of their own, over UDP on loopback, and shows how the two "
            + "connect: first by whatever path is best, then through the relay only.",
        footer = {"", "Exit codes: 0 data went both ways each time; 1 it did not; 3 this machine did not let us."})
public final class DemoCommand implements Callable<Integer> {
    private static final String ADDRESS = "127.0.0.1";
    private static final String USER = "demo";
    private static final int START_SECONDS = 60;               // a busy machine of continuous integration

    @Option(names = "--json", description = "A JSON line for each event instead of tables.")
    private boolean json;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DemoView view = json ? new JsonView(System.out) : new TextView(System.out);
        String password = MqttSignaling.newSecret();
        CompletableFuture<JsonObject> ready = new CompletableFuture<>();
        List<String> serve = List.of("serve", "--json", "--until-input-ends", "--listen", ADDRESS, "--port", "0",
                "--broker-port", "0", "--realm", "demo", "--user", USER + ":" + password, "--allow-peer", ADDRESS + "/32");
        boolean passed;
        try (DemoProcess server = new DemoProcess("server", serve, Map.of(), (process, event) -> serverTells(event, ready))) {
            JsonObject addresses = ready.get(START_SECONDS, SECONDS);
            view.serverReady(addresses);
            List<String> arguments = List.of("--server", addresses.get("stun").getAsString(), "--broker",
                    addresses.get("broker").getAsString(), "--bind", ADDRESS);
            Map<String, String> secrets = Map.of(DemoPeerCommand.USER, USER, DemoPeerCommand.PASSWORD, password,
                    DemoPeerCommand.SECRET, MqttSignaling.newSecret());
            passed = new DemoRound(DemoRound.Kind.DIRECT, view).run(arguments, secrets);
            passed &= new DemoRound(DemoRound.Kind.RELAYED, view).run(arguments, secrets);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the demo's server did not start", e);
        }
        view.ends(passed);
        return passed ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void serverTells(JsonObject event, CompletableFuture<JsonObject> ready) {
        if (event.get("event").getAsString().equals("ready")) {
            ready.complete(event);
        } else {
            ready.completeExceptionally(new IOException("it ended"));
        }
    }
}
