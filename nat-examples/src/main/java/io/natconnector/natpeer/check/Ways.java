package io.natconnector.natpeer.check;

import io.natconnector.ConnectReport;
import io.natconnector.nat.NatMapping;
import java.util.ArrayList;
import java.util.List;

/** By what ways two peers look for a direct path, as their NATs have it. */
final class Ways {
    private Ways() { }

    /** In the order in which they are tried. */
    static List<String> of(ConnectReport report) {
        List<String> ways = new ArrayList<>();
        long answered = report.pairs().stream().filter(pair -> pair.checksAnswered() > 0).count();
        ways.add("checks of each address against each: " + report.pairs().size() + " pairs, " + answered + " answered");
        NatMapping ours = report.nat();
        NatMapping theirs = report.peerNat();
        if (ours == NatMapping.SEQUENTIAL || theirs == NatMapping.SEQUENTIAL) {
            ways.add("checks to the ports that " + (ours == NatMapping.SEQUENTIAL ? "our" : "the peer's")
                    + " NAT will give out next");
        }
        if (ours == NatMapping.RANDOM && theirs == NatMapping.INDEPENDENT || ours == NatMapping.INDEPENDENT
                && theirs == NatMapping.RANDOM) {
            ways.add("if that does not do: a search for " + (ours == NatMapping.RANDOM ? "our" : "the peer's")
                    + " random port, with many sockets there and many probes from the other side");
        }
        if (ours == NatMapping.INDEPENDENT && theirs == NatMapping.INDEPENDENT) {
            ways.add("if that does not do: a start from fresh ports at the same moment, for routers that an early packet confuses");
        }
        if (report.local().stream().anyMatch(candidate -> candidate.kind() == io.natconnector.Path.Kind.RELAYED)
                || report.remote().stream().anyMatch(candidate -> candidate.kind() == io.natconnector.Path.Kind.RELAYED)) {
            ways.add("meanwhile, and if nothing does: the relay");
        }
        return ways;
    }
}
