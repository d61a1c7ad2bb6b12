package io.natconnector.natpeer.serve;

import io.natconnector.natpeer.cli.Text;
import io.natconnector.signal.MqttSignaling;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a server tells the one who started it: where it is, and the command lines for two peers. */
final class Advice {
    private final ServeOptions options;
    private final List<InetSocketAddress> listening;
    private final String server;
    private final String broker;

    /**
     * @param server the address for peers
     * @param broker its URI for peers; {@code null} for none
     */
    Advice(ServeOptions options, List<InetSocketAddress> listening, String server, String broker) {
        this.options = options;
        this.listening = listening;
        this.server = server;
        this.broker = broker;
    }

    String text() {
        NamePassword user = options.users().any(System.currentTimeMillis() / 1000);
        String where = String.join(", ", listening.stream().map(Text::address).toList()) + " (UDP)";
        StringBuilder text = new StringBuilder("STUN    ").append(options.answersBinding() ? where : "none").append('\n');
        text.append("relay   ").append(user == null ? "nobody may use it: give --user NAME:PASSWORD or --rest-secret TEXT\n"
                : (options.answersBinding() ? "the same" : where)
                    + ", relaying from UDP ports " + options.relayPorts().least() + "-" + options.relayPorts().most() + "\n");
        if (user != null && !options.allowsPeers() && listening.stream().allMatch(Advice::isPrivate)) {
            text.append("        to public addresses only; peers in this network need --allow-peer, such as 192.168.0.0/16\n");
        }
        text.append("broker  ").append(broker == null ? "none" : broker).append("\n\nOn one peer, and on the other:\n\n");
        String common = signal() + (options.answersBinding() ? " --stun " + server : "") + (user == null ? ""
                : " --relay turn:" + server + " --user " + quoted(user.name()) + " --pass " + quoted(user.password()));
        return text.append("  natpeer listen --name bob").append(common).append('\n')
                .append("  natpeer connect bob --name alice").append(common).append("\n\n").toString();
    }

    private static boolean isPrivate(InetSocketAddress address) {
        return address.getAddress().isLoopbackAddress() || address.getAddress().isSiteLocalAddress()
                || address.getAddress().isLinkLocalAddress();
    }

    private String signal() {
        if (broker == null) {
            return " --signal mqtt://BROKER --secret " + MqttSignaling.newSecret();
        }
        NamePassword user = options.broker().anyUser();
        String uri = user == null ? broker
                : "mqtt://" + encoded(user.name()) + ":" + encoded(user.password()) + "@" + broker.substring("mqtt://".length());
        return " --signal " + quoted(uri) + " --secret " + MqttSignaling.newSecret();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** For a shell. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_.:/@%+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
