package io.natconnector.portmap;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * Asks home gateways to hand on what comes to a port of theirs to a socket of ours, by PCP, NAT-PMP and UPnP, and keeps that true:
 * renews at half the lifetime, looks every minute whether the gateway still knows, asks anew when it has forgotten, gives back at
 * the end. A gateway that does none of this costs some small packets at the start and every ten minutes.
 *
 * <p>The requests leave from the sockets that are to be mapped. Only what comes from the gateway's address is listened to.
 *
 * <p>Beside the driver's usual duties, {@link #pollEvent} and {@link #pollCall} are to be drained: UPnP wants HTTP, which is done
 * elsewhere and comes back by {@link #answered}.
 */
public final class PortMapper implements Machine {
    /**
     * How one protocol does for one socket.
     *
     * @param external the external address, or {@code null}
     * @param lifetime seconds granted; 0 if there is no mapping, or one without an end
     * @param outcome for people: why there is no mapping; empty if there is one
     */
    public record Status(InetSocketAddress local, InetAddress gateway, MappingProtocol protocol, InetSocketAddress external,
            long lifetime, String outcome) { }

    private final RandomGenerator random;
    private final Map<InetSocketAddress, GatewayPort> ports = new LinkedHashMap<>();
    private final Queue<PortMapEvent> events = new ArrayDeque<>();
    private final Queue<Datagram> transmits = new ArrayDeque<>();
    private final Queue<UpnpCall> calls = new ArrayDeque<>();

    /** @param random a SecureRandom outside tests: PCP's nonces guard the mappings */
    public PortMapper(RandomGenerator random) {
        this.random = Objects.requireNonNull(random, "random");
    }

    /**
     * Asks for a mapping.
     *
     * @param local a socket, as it stands in its datagrams
     * @param gateway of the same family
     */
    public void add(InetSocketAddress local, InetAddress gateway, long now) {
        if (local.getAddress().getClass() != gateway.getClass()) {
            throw new IllegalArgumentException(gateway.getHostAddress() + " is no gateway for " + local);
        }
        if (!ports.containsKey(local)) {
            GatewayPort port = new GatewayPort(local, gateway, random, events::add, now);
            ports.put(local, port);
            drain(port);
        }
    }

    /** The socket's address is gone, and the way to the gateway with it: nothing is given back. */
    public void remove(InetSocketAddress local, long now) {
        GatewayPort port = ports.remove(local);
        if (port != null) {
            port.end(false, now);
            drain(port);
        }
    }

    /** Gives all mappings back. */
    public void close(long now) {
        for (GatewayPort port : ports.values()) {
            port.end(true, now);
            drain(port);
        }
        ports.clear();
    }

    /** Whether each gateway has given a mapping, or hardly will soon. */
    public boolean isSettled(long now) {
        return ports.values().stream().allMatch(port -> port.isSettled(now));
    }

    public List<Status> statuses() {
        List<Status> statuses = new ArrayList<>();
        ports.values().forEach(port -> statuses.addAll(port.statuses()));
        return statuses;
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        GatewayPort port = ports.get(datagram.to());
        if (port == null || !port.receive(datagram, now)) {
            return false;
        }
        drain(port);
        return true;
    }

    /** What came of a call; one that nobody waits for any more is passed over. */
    public void answered(UpnpCall call, UpnpAnswer answer, long now) {
        for (GatewayPort port : ports.values()) {
            if (port.answered(call, answer, now)) {
                drain(port);
                return;
            }
        }
    }

    @Override
    public void handleTimeout(long now) {
        for (GatewayPort port : ports.values()) {
            if (port.nextTimeout() <= now) {
                port.handleTimeout(now);
                drain(port);
            }
        }
    }

    private void drain(GatewayPort port) {
        for (Datagram datagram; (datagram = port.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
        for (UpnpCall call; (call = port.pollCall()) != null; ) {
            calls.add(call);
        }
    }

    @Override
    public long nextTimeout() {
        long next = NEVER;
        for (GatewayPort port : ports.values()) {
            next = Math.min(next, port.nextTimeout());
        }
        return next;
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }

    public PortMapEvent pollEvent() {
        return events.poll();
    }

    /** The next HTTP request to be done, off the event loop, or {@code null}. */
    public UpnpCall pollCall() {
        return calls.poll();
    }
}
