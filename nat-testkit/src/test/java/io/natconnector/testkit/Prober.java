package io.natconnector.testkit;

import static java.time.Duration.ofMillis;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds out behind what NAT a host is, as RFC 5780 does: with a server of two addresses and two ports each. */
final class Prober {
    private static final int[] PORTS = {3478, 3479};

    private final VirtualInternet net;
    private final VirtualSocket[][] servers = new VirtualSocket[2][2];

    Prober(VirtualInternet net, Host stun) {
        this.net = net;
        for (int address = 0; address < 2; address++) {
            for (int port = 0; port < 2; port++) {
                servers[address][port] = stun.socket(new InetSocketAddress(stun.addresses().get(address), PORTS[port]));
            }
        }
    }

    /** Mapping, filtering and port allocation in a line. */
    String classify(Host host) {
        return mapping(host) + "/" + filtering(host) + " " + ports(host) + (hairpin(host) ? " hairpin" : "");
    }

    /** What the server's socket sees the host's socket as, or {@code null} when nothing comes. */
    InetSocketAddress seen(VirtualSocket socket, int address, int port) {
        socket.send(servers[address][port].address(), "probe");
        net.runFor(ofMillis(500));
        VirtualSocket.Received probe = servers[address][port].receive();
        return probe == null ? null : probe.from();
    }

    /** Whether a datagram from the server's socket gets through to the host's. */
    boolean reaches(int address, int port, InetSocketAddress external, VirtualSocket socket) {
        servers[address][port].send(external, "reply");
        net.runFor(ofMillis(500));
        return socket.receive() != null;
    }

    String mapping(Host host) {
        VirtualSocket socket = host.socket(0);
        InetSocketAddress first = seen(socket, 0, 0);
        InetSocketAddress otherPort = seen(socket, 0, 1);
        InetSocketAddress otherAddress = seen(socket, 1, 0);
        return first == null ? "blocked" : !first.equals(otherPort) ? "APDM" : !first.equals(otherAddress) ? "ADM" : "EIM";
    }

    String filtering(Host host) {
        VirtualSocket socket = host.socket(0);
        InetSocketAddress external = seen(socket, 0, 0);
        if (external == null || !reaches(0, 0, external, socket)) {
            return "blocked";
        }
        boolean otherPort = reaches(0, 1, external, socket);
        boolean otherAddress = reaches(1, 1, external, socket);
        return otherAddress ? "EIF" : otherPort ? "ADF" : "APDF";
    }

    String ports(Host host) {
        List<Integer> inside = new ArrayList<>();
        List<Integer> outside = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            VirtualSocket socket = host.socket(0);
            InetSocketAddress external = seen(socket, 0, 0);
            if (external == null) {
                return "blocked";
            }
            inside.add(socket.address().getPort());
            outside.add(external.getPort());
        }
        Set<Integer> steps = new HashSet<>();
        for (int i = 1; i < outside.size(); i++) {
            steps.add(outside.get(i) - outside.get(i - 1));
        }
        return inside.equals(outside) ? "preserving" : steps.size() == 1 ? "sequential" + steps : "random";
    }

    boolean hairpin(Host host) {
        VirtualSocket one = host.socket(0);
        VirtualSocket two = host.socket(0);
        InetSocketAddress externalOne = seen(one, 0, 0);
        InetSocketAddress externalTwo = seen(two, 0, 0);
        if (externalOne == null || externalTwo == null || externalOne.getAddress().equals(host.address())) {
            return false;
        }
        one.send(externalTwo, "opens the filter");
        two.send(externalOne, "opens the filter");
        one.send(externalTwo, "hairpin");
        net.runFor(ofMillis(500));
        return two.hasReceived();
    }
}
