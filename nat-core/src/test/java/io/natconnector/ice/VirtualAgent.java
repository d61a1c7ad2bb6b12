package io.natconnector.ice;

import io.natconnector.testkit.Host;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** An agent on a virtual host, without gathering and signalling: a test hands over what the two sides should know. */
final class VirtualAgent {
    final Host host;
    private final VirtualInternet net;
    final IceAgent agent;
    final List<IceEvent> events = new ArrayList<>();
    final List<Long> eventTimes = new ArrayList<>();
    final InetSocketAddress socket;

    VirtualAgent(VirtualInternet net, Host host, IceRole role) {
        this.net = net;
        this.host = host;
        this.agent = new IceAgent(IceSettings.DEFAULT, role, host.random(), null);
        host.run(agent, this::drained);
        this.socket = host.bind(agent, 5000);
        mutate(() -> agent.addLocal(Candidate.host(socket, 65_535), net.now()));
    }

    private void drained() {
        for (IceEvent event; (event = agent.pollEvent()) != null; ) {
            events.add(event);
            eventTimes.add(net.now());
        }
    }

    void mutate(Runnable mutation) {
        host.mutate(agent, now -> mutation.run());
    }

    /** Learns the other's credentials; {@code lite}: that it is a lite agent. */
    VirtualAgent knowsCredentialsOf(VirtualAgent other, boolean lite) {
        host.mutate(agent, now -> agent.remote(new RemoteSide(other.agent.localParameters(), lite, true, false), now));
        return this;
    }

    /** The same of one of ours. */
    VirtualAgent knowsAsOneOfOurs(VirtualAgent other) {
        host.mutate(agent, now -> agent.remote(new RemoteSide(other.agent.localParameters(), false, true, true), now));
        return knowsAddressOf(other);
    }

    VirtualAgent knowsAddressOf(VirtualAgent other) {
        return knows(Candidate.host(other.socket, 65_535));
    }

    VirtualAgent knows(Candidate candidate) {
        // through text and back, as it would come
        Candidate told = CandidateLine.parse(CandidateLine.write(candidate)).orElseThrow();
        host.mutate(agent, now -> agent.addRemote(told, now));
        return this;
    }

    void knowsAll(VirtualAgent other) {
        knowsCredentialsOf(other, false).knowsAddressOf(other);
    }

    boolean isConnected() {
        return agent.selected() != null;
    }

    boolean isAgreed() {
        return events.stream().anyMatch(event -> event instanceof IceEvent.Nominated);
    }

    /** When the first event of that kind came, in milliseconds; -1: never. */
    double at(Class<? extends IceEvent> kind) {
        for (int i = 0; i < events.size(); i++) {
            if (kind.isInstance(events.get(i))) {
                return eventTimes.get(i) / 1e6;
            }
        }
        return -1;
    }
}
