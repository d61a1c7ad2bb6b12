package io.natconnector;

import io.natconnector.relay.RelayAccess;
import io.natconnector.stun.Transport;
import io.natconnector.survey.NatSurvey;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Surveys the NAT in front of the preferred local address of each family for which there are servers, as soon as all servers'
 * addresses are known. Relays answer STUN, too. On the event loop alone.
 */
final class NatExamination implements Servers.Listener {
    private final Loop loop;
    private final Servers servers;
    private final List<InetAddress> local;
    private final List<Long> idle;
    private final RandomGenerator random;
    private final List<InetSocketAddress> toAsk = new ArrayList<>();
    private final List<MachineDriver> drivers = new ArrayList<>();
    private final CompletableFuture<List<NatReport>> result = new CompletableFuture<>();
    private boolean begun;

    NatExamination(Loop loop, Servers servers, List<InetAddress> local, List<Long> idle, RandomGenerator random) {
        this.loop = loop;
        this.servers = servers;
        this.local = local;
        this.idle = idle;
        this.random = random;
    }

    CompletableFuture<List<NatReport>> start() {
        servers.add(this);
        return result;
    }

    /** Before its end: closes what it has opened. */
    void cancel(Exception why) {
        servers.remove(this);
        drivers.forEach(driver -> driver.close(now -> { }));
        result.completeExceptionally(why);
    }

    @Override
    public void stunServer(InetSocketAddress server) {
        toAsk.add(server);
    }

    @Override
    public void relay(RelayAccess relay) {
        if (relay.transport() == Transport.UDP) {
            toAsk.add(relay.server());
        }
    }

    @Override
    public void everyServerKnown() {
        if (begun) {
            return;
        }
        begun = true;
        List<CompletableFuture<NatReport>> surveys = new ArrayList<>();
        for (boolean four : new boolean[] {true, false}) {
            List<InetSocketAddress> family =
                    toAsk.stream().filter(server -> server.getAddress() instanceof Inet4Address == four).toList();
            local.stream().filter(address -> address instanceof Inet4Address == four && !family.isEmpty()).findFirst()
                    .ifPresent(address -> surveys.add(survey(family, address)));
        }
        CompletableFuture.allOf(surveys.toArray(CompletableFuture[]::new)).thenRun(() -> {
            servers.remove(this);
            result.complete(surveys.stream().map(CompletableFuture::join).filter(report -> report.local() != null).toList());
        });
    }

    private CompletableFuture<NatReport> survey(List<InetSocketAddress> family, InetAddress address) {
        CompletableFuture<NatReport> report = new CompletableFuture<>();
        NatSurvey survey = new NatSurvey(family, address, idle, random);
        MachineDriver[] driver = new MachineDriver[1];
        boolean[] closing = new boolean[1];
        driver[0] = loop.drive(survey, now -> {
            if (survey.findings() != null && !closing[0]) {
                closing[0] = true;
                driver[0].close(end -> { }).thenRun(() -> report.complete(NatReport.of(survey.findings())));
            }
        });
        drivers.add(driver[0]);
        driver[0].run(now -> { });
        return report;
    }
}
