package io.natconnector.natpeer.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A network namespace with one address that is not loopback, and nothing else in it. Gone when it is closed. */
final class Namespace implements AutoCloseable {
    static final String ADDRESS = "10.97.0.1";
    static final String NEIGHBOUR = "10.97.0.2";

    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    /** Skips the test where this can't be done. */
    static Namespace create() throws IOException, InterruptedException {
        if (!Installed.isRoot()) {
            Installed.skip("network namespaces take root");
        }
        Installed.require(List.of("ip", "-V"), "iproute2");
        Namespace namespace = new Namespace("natpeer-" + ProcessHandle.current().pid());
        if (!Installed.succeeds(List.of("ip", "netns", "add", namespace.name))) {
            Installed.skip("'ip netns add' fails: a container without the right to?");
        }
        for (String command : List.of("link set lo up", "link add d0 type veth peer name d1",
                "addr add " + ADDRESS + "/24 dev d0", "link set d0 up", "link set d1 up")) {
            List<String> line = new ArrayList<>(List.of("ip", "-n", namespace.name));
            line.addAll(List.of(command.split(" ")));
            if (!Installed.succeeds(line)) {
                namespace.close();
                Installed.skip("'" + String.join(" ", line) + "' fails");
            }
        }
        return namespace;
    }

    /**
     * A second one at the other end of the wire, with {@link #NEIGHBOUR}, as another host of the same network. To be closed on its
     * own.
     */
    Namespace neighbour() throws IOException, InterruptedException {
        Namespace neighbour = new Namespace(name + "-b");
        for (String command : List.of("netns add " + neighbour.name, "-n " + name + " link set d1 netns " + neighbour.name,
                "-n " + neighbour.name + " link set lo up", "-n " + neighbour.name + " addr add " + NEIGHBOUR + "/24 dev d1",
                "-n " + neighbour.name + " link set d1 up")) {
            List<String> line = new ArrayList<>(List.of("ip"));
            line.addAll(List.of(command.split(" ")));
            if (!Installed.succeeds(line)) {
                neighbour.close();
                throw new IllegalStateException("'" + String.join(" ", line) + "' fails");
            }
        }
        return neighbour;
    }

    /** What stands before a command to run it in here. */
    List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    List<String> prefixed(List<String> command) {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(command);
        return all;
    }

    @Override
    public void close() {
        try {
            Installed.succeeds(List.of("ip", "netns", "del", name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
