package io.natconnector.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.ice4j.ice.Agent;
import org.ice4j.ice.Component;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.IceProcessingState;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.LocalCandidate;
import org.ice4j.ice.RemoteCandidate;

/** Two agents of ice4j in one JVM, connected. */
final class Ice4jPair implements Engine.Connection {
    private static final String STREAM = "data";

    private final Agent asking;
    private final Agent asked;

    private Ice4jPair(Agent asking, Agent asked) {
        this.asking = asking;
        this.asked = asked;
    }

    /**
     * Configures ice4j for the whole JVM, before its first use: by system properties, the only way that it has.
     *
     * @param address the one to use; ice4j never uses loopback ones
     */
    static void configure(String address) {
        // Else the first agent of a JVM looks for Amazon's metadata service for half a second
        System.setProperty("ice4j.harvest.mapping.aws.enabled", "false");
        System.setProperty("ice4j.harvest.use-ipv6", "false");
        System.setProperty("ice4j.harvest.use-link-local-addresses", "false");
        if (!address.isEmpty()) {
            System.setProperty("ice4j.harvest.allowed-addresses.0", address);
        }
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.OFF);
    }

    static Ice4jPair connect() throws Exception {
        Agent asking = agent(true);
        Agent asked = agent(false);
        CompletableFuture<Void> both = CompletableFuture.allOf(whenConnected(asking), whenConnected(asked));
        introduce(asking, asked);
        introduce(asked, asking);
        asked.startConnectivityEstablishment();
        asking.startConnectivityEstablishment();
        both.get(Engine.PATIENCE_SECONDS, SECONDS);
        return new Ice4jPair(asking, asked);
    }

    /** An agent that has gathered. */
    static Agent agent(boolean controlling) throws IOException {
        Agent agent = new Agent();
        agent.setControlling(controlling);
        agent.setUseDynamicPorts(true);
        agent.createComponent(agent.createMediaStream(STREAM), KeepAliveStrategy.SELECTED_ONLY, true);
        return agent;
    }

    private static CompletableFuture<Void> whenConnected(Agent agent) {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        agent.addStateChangeListener(change -> {
            if (change.getNewValue() == IceProcessingState.COMPLETED) {
                connected.complete(null);
            } else if (change.getNewValue() == IceProcessingState.FAILED) {
                connected.completeExceptionally(new IOException("ice4j found no path"));
            }
        });
        return connected;
    }

    private static void introduce(Agent us, Agent them) {
        IceMediaStream stream = us.getStream(STREAM);
        stream.setRemoteUfrag(them.getLocalUfrag());
        stream.setRemotePassword(them.getLocalPassword());
        Component component = component(us);
        for (LocalCandidate candidate : component(them).getLocalCandidates()) {
            component.addRemoteCandidate(new RemoteCandidate(candidate.getTransportAddress(), component, candidate.getType(),
                    candidate.getFoundation(), candidate.getPriority(), null));
        }
    }

    static Component component(Agent agent) {
        return agent.getStream(STREAM).getComponent(Component.RTP);
    }

    Component asking() {
        return component(asking);
    }

    Component asked() {
        return component(asked);
    }

    @Override
    public void close() {
        asking.free();
        asked.free();
    }
}
