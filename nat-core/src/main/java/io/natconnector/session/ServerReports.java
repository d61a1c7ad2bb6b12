package io.natconnector.session;

import io.natconnector.stun.StunBinding;
import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last word of each server to each socket. */
final class ServerReports {
    private final Map<String, SessionReport.ServerReport> reports = new LinkedHashMap<>();

    /** It is being asked; what it said before stands until it has answered. */
    void asked(String kind, InetSocketAddress server, InetSocketAddress local) {
        reports.putIfAbsent(kind + server + local,
                new SessionReport.ServerReport(kind, text(server), text(local), "no answer yet", 0));
    }

    /** What came of asking a STUN server, if that is known. */
    void put(StunBinding binding) {
        StunBinding.Result result = binding.result();
        if (result instanceof StunBinding.Result.Mapped mapped) {
            put("stun", binding.server(), binding.local(), text(mapped.address()), mapped.roundTrip());
        } else if (result instanceof StunBinding.Result.Refused refused) {
            put("stun", binding.server(), binding.local(), "refused: " + refused.error().code(), 0);
        } else if (result instanceof StunBinding.Result.TimedOut) {
            put("stun", binding.server(), binding.local(), "no answer: is the server up, is UDP blocked?", 0);
        }
    }

    /** @param roundTrip nanoseconds, 0 if unknown */
    void put(String kind, InetSocketAddress server, InetSocketAddress local, String outcome, long roundTrip) {
        put(kind, Transport.UDP, server, local, outcome, roundTrip);
    }

    /** @param local of a connection, its address alone: ports come and go with it */
    void put(String kind, Transport transport, InetSocketAddress server, InetSocketAddress local, String outcome,
            long roundTrip) {
        if (transport != Transport.UDP) {
            InetSocketAddress place = new InetSocketAddress(local.getAddress(), 0);
            reports.put(kind + transport + server + place, new SessionReport.ServerReport(kind,
                    text(server) + " over " + transport, text(place), outcome, roundTrip));
            return;
        }
        reports.put(kind + server + local,
                new SessionReport.ServerReport(kind, text(server), text(local), outcome, roundTrip));
    }

    List<SessionReport.ServerReport> all() {
        return List.copyOf(reports.values());
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
