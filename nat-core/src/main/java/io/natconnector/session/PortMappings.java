package io.natconnector.session;

import static io.natconnector.session.ServerReports.text;

import io.natconnector.ice.Candidate;
import io.natconnector.portmap.PortMapEvent;
import io.natconnector.portmap.PortMapper;
import io.natconnector.portmap.UpnpAnswer;
import io.natconnector.portmap.UpnpCall;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/** The ports that home gateways open for an endpoint's sockets, as candidates. Asked beside all else; nothing waits for it. */
public final class PortMappings implements Machine {
    private final PortMapper mapper;
    private final Map<InetAddress, InetAddress> gateways = new HashMap<>();
    private final Map<PortMapEvent, Candidate> candidates = new LinkedHashMap<>();

    PortMappings(RandomGenerator random) {
        mapper = new PortMapper(random);
    }

    /** Which gateway the sockets at a local address are behind; for those that are open and those to come. */
    void addGateway(InetAddress local, InetAddress gateway, Iterable<InetSocketAddress> sockets, long now) {
        gateways.put(local, gateway);
        sockets.forEach(socket -> addSocket(socket, now));
    }

    void addSocket(InetSocketAddress local, long now) {
        InetAddress gateway = gateways.get(local.getAddress());
        if (gateway != null) {
            mapper.add(local, gateway, now);
        }
    }

    /** The address is gone; if it comes back, it may be in another network. */
    void removeSocket(InetSocketAddress local, long now) {
        gateways.remove(local.getAddress());
        mapper.remove(local, now);
    }

    void close(long now) {
        mapper.close(now);
    }

    /** Hands on what has changed. */
    void drain(ToIntFunction<InetSocketAddress> localPreference, Consumer<Candidate> added, Consumer<Candidate> removed) {
        for (PortMapEvent event; (event = mapper.pollEvent()) != null; ) {
            if (event instanceof PortMapEvent.Mapped mapped) {
                InetSocketAddress gateway = new InetSocketAddress(gateways.get(mapped.internal().getAddress()), 0);
                Candidate candidate = Candidate.serverReflexive(mapped.external(), mapped.internal(), gateway,
                        localPreference.applyAsInt(mapped.internal()));
                candidates.put(lost(mapped), candidate);
                added.accept(candidate);
            } else {
                removed.accept(candidates.remove(event));
            }
        }
    }

    private static PortMapEvent lost(PortMapEvent.Mapped mapped) {
        return new PortMapEvent.Lost(mapped.external(), mapped.internal(), mapped.protocol());
    }

    /** How each protocol did at each gateway. */
    List<SessionReport.ServerReport> reports() {
        return mapper.statuses().stream().map(status -> new SessionReport.ServerReport("gateway",
                status.gateway().getHostAddress() + " by " + status.protocol(), text(status.local()),
                status.external() == null ? status.outcome() : text(status.external()), 0)).toList();
    }

    /** Whether the gateways have answered, or hardly will. */
    public boolean isSettled(long now) {
        return mapper.isSettled(now);
    }

    /** The next HTTP request that is wanted, or {@code null}: to be done off the event loop, then {@link Endpoint#answered}. */
    public UpnpCall pollCall() {
        return mapper.pollCall();
    }

    void answered(UpnpCall call, UpnpAnswer answer, long now) {
        mapper.answered(call, answer, now);
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        return gateways.containsValue(datagram.from().getAddress()) && mapper.receive(datagram, now);
    }

    @Override
    public void handleTimeout(long now) {
        mapper.handleTimeout(now);
    }

    @Override
    public long nextTimeout() {
        return mapper.nextTimeout();
    }

    @Override
    public Datagram pollTransmit() {
        return mapper.pollTransmit();
    }
}
