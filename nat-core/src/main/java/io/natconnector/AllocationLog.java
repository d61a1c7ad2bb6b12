package io.natconnector;

import io.natconnector.relay.AllocationKey;
import io.natconnector.relay.RelayServerEvent;
import io.natconnector.relay.RelayTraffic;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each allocation that a relay server makes and ends, at INFO, and for each refresh, at DEBUG, by the logger
 * {@value #LOGGER}: {@code event=created user="alice" transport=udp client=198.51.100.7:5000 ...}. The order of the words is kept;
 * new ones may be added at the end. Nothing that a user has chosen can look like a word of ours or like another line.
 */
final class AllocationLog implements Consumer<RelayServerEvent> {
    static final String LOGGER = "io.natconnector.allocations";
    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final double NANOS_OF_SECOND = 1e9;

    @Override
    public void accept(RelayServerEvent event) {
        if (event instanceof RelayServerEvent.Refreshed refreshed) {
            if (LOG.isDebugEnabled()) {
                LOG.debug("{} lifetime={}", start("refreshed", refreshed), refreshed.lifetimeSeconds());
            }
        } else if (LOG.isInfoEnabled()) {
            LOG.info("{}", line(event));
        }
    }

    private static String line(RelayServerEvent event) {
        if (event instanceof RelayServerEvent.Created created) {
            return start("created", event) + " relayed=" + list(created.relayed())
                    + " lifetime=" + created.lifetimeSeconds();
        } else if (event instanceof RelayServerEvent.Ended ended) {
            RelayTraffic traffic = ended.traffic();
            return start("ended", event) + " relayed=" + list(ended.relayed()) + " cause=" + lower(ended.cause())
                    + String.format(Locale.ROOT, " seconds=%.1f", ended.lastedNanos() / NANOS_OF_SECOND)
                    + " to_peers=" + traffic.toPeers() + " bytes_to_peers=" + traffic.bytesToPeers()
                    + " to_client=" + traffic.toClient() + " bytes_to_client=" + traffic.bytesToClient()
                    + " peers=" + ended.peers();
        }
        return start("other", event);
    }

    private static String start(String what, RelayServerEvent event) {
        AllocationKey key = event.key();
        return "event=" + what + " user=" + quoted(event.username()) + " transport=" + lower(key.transport())
                + " client=" + Path.text(key.client()) + " server=" + Path.text(key.server());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String list(List<InetSocketAddress> addresses) {
        return String.join(",", addresses.stream().map(Path::text).toList());
    }

    /** As a string of JSON, in ASCII. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                quoted.append(c);
            } else {
                quoted.append(String.format("\\u%04x", (int) c));
            }
        }
        return quoted.append('"').toString();
    }
}
