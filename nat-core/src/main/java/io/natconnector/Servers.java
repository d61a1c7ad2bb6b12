package io.natconnector;

import com.google.common.net.InetAddresses;
import io.natconnector.relay.RelayAccess;
import io.natconnector.session.SessionReport;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The STUN servers and relays of a connector. Names are looked up off the event loop, all at the same time, and each server is put
 * to use as soon as its address is known. One that can't be found is reported, and does without.
 *
 * <p>On the event loop alone, but for the lookups.
 */
final class Servers {
    private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

    /** As the reports of an endpoint say it of relays that it reaches otherwise than over UDP. */
    private static final String OVER = " over ";

    /** Who wants to know. */
    interface Listener {
        void stunServer(InetSocketAddress server);

        void relay(RelayAccess relay);

        void everyServerKnown();
    }

    private final List<ServerAddress> configured;
    private final NameLookup names;
    private final Executor loop;
    private final List<Listener> listeners = new ArrayList<>();
    private final List<InetSocketAddress> stunServers = new ArrayList<>();
    private final List<RelayAccess> relays = new ArrayList<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final List<ServerReport> unresolved = new ArrayList<>();
    private int pending;

    Servers(List<ServerAddress> configured, NameLookup names, Executor loop) {
        this.configured = configured;
        this.names = names;
        this.loop = loop;
    }

    void start() {
        pending = configured.size();
        for (ServerAddress server : configured) {
            List<InetAddress> literal = server.literal();
            if (!literal.isEmpty()) {
                resolved(server, literal);
            } else {
                Thread thread = new Thread(() -> lookup(server), "nat-lookup-" + server.host());
                thread.setDaemon(true);                       // a resolver may take many seconds to give up
                thread.start();
            }
        }
    }

    private void lookup(ServerAddress server) {
        List<InetAddress> addresses;
        try {
            addresses = List.of(names.lookup(server.host()));
        } catch (UnknownHostException | RuntimeException e) {
            LOG.warn("The name of {} {} can't be resolved: {}", server.kind(), server, e.toString());
            addresses = List.of();
        }
        List<InetAddress> found = addresses;
        try {
            loop.execute(() -> resolved(server, found));
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed before {} was resolved", server);
        }
    }

    private void resolved(ServerAddress server, List<InetAddress> addresses) {
        List<Class<?>> families = new ArrayList<>();
        for (InetAddress address : addresses) {
            if (!families.contains(address.getClass())) {     // more addresses of a family are the same server once more
                families.add(address.getClass());
                InetSocketAddress at = new InetSocketAddress(address, server.port());
                use(server, at);
            }
        }
        if (addresses.isEmpty()) {
            unresolved.add(new ServerReport(server.kind(), server.toString(), "", Optional.empty(), Optional.empty(),
                    "the name can't be resolved: is it right, does DNS work?"));
        }
        if (--pending == 0) {
            List.copyOf(listeners).forEach(Listener::everyServerKnown);
        }
    }

    private void use(ServerAddress server, InetSocketAddress at) {
        String text = Path.text(at) + (server.transport() == Transport.UDP ? "" : OVER + server.transport());
        labels.put(server.kind() + text, text.equals(server.toString()) ? text : server + " (" + text + ")");
        if (server.kind() == ServerReport.Kind.STUN) {
            stunServers.add(at);
            List.copyOf(listeners).forEach(listener -> listener.stunServer(at));
        } else {
            RelayAccess relay = new RelayAccess(server.transport(), at, server.username(), server.password(),
                    server.certificateName());
            relays.add(relay);
            List.copyOf(listeners).forEach(listener -> listener.relay(relay));
        }
    }

    /** The addresses that are known by now: those that were given as such, and the names that were found. */
    List<InetSocketAddress> known() {
        List<InetSocketAddress> known = new ArrayList<>(stunServers);
        relays.forEach(relay -> known.add(relay.server()));
        return known;
    }

    /** Tells what is known, and from then on what comes to be known. */
    void add(Listener listener) {
        listeners.add(listener);
        stunServers.forEach(listener::stunServer);
        relays.forEach(listener::relay);
        if (pending == 0) {
            listener.everyServerKnown();
        }
    }

    void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** What the servers said, under the names that they were configured by, and those that could not even be asked. */
    List<ServerReport> reports(List<SessionReport.ServerReport> answers) {
        List<ServerReport> reports = new ArrayList<>();
        for (SessionReport.ServerReport answer : answers) {
            ServerReport.Kind kind = ServerReport.Kind.valueOf(answer.kind().toUpperCase(Locale.ROOT));
            Optional<InetSocketAddress> address = parse(answer.outcome());
            Optional<Duration> roundTrip =
                    answer.roundTrip() <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(answer.roundTrip()));
            int over = answer.server().indexOf(OVER);
            String server = over < 0 ? uri(answer.server())
                    : uri(answer.server().substring(0, over)) + answer.server().substring(over);
            reports.add(new ServerReport(kind, labels.getOrDefault(kind + server, server), uri(answer.local()), address, roundTrip,
                    uri(answer.outcome())));
        }
        reports.addAll(unresolved);
        return reports;
    }

    private static String uri(String text) {
        return parse(text).map(Path::text).orElse(text);
    }

    /** ADDRESS:PORT where ADDRESS may be a bare IPv6 one; empty for any other text. */
    private static Optional<InetSocketAddress> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !InetAddresses.isInetAddress(text.substring(0, colon))
                || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        return Optional.of(new InetSocketAddress(InetAddresses.forString(text.substring(0, colon)),
                Integer.parseInt(text.substring(colon + 1))));
    }
}
