package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.ssl.SslContext;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who may use an {@link EmbeddedBroker} and how much of it. Immutable: each method returns another instance. The defaults suit
 * signalling between some hundred peers on a machine that does other things too: at worst some 1 MiB for each client.
 */
public final class BrokerOptions {
    private static final BrokerOptions DEFAULTS = new BrokerOptions();

    Map<String, byte[]> users = Map.of();
    SslContext tls;
    int maxClients = 1000;
    int maxMessageSize = MqttPackets.MAX_PACKET;
    int maxSubscriptions = 64;
    int maxRetained = 256;
    int maxPending = 1 << 20;
    /** Long enough for TLS over a slow line, short enough that silent strangers don't fill the house. */
    Duration connectTimeout = Duration.ofSeconds(10);

    private BrokerOptions() {
    }

    /** Anybody may connect, in the clear. */
    public static BrokerOptions defaults() {
        return DEFAULTS;
    }

    /** Lets this user in, and from now on nobody without a name and password. May be called for many. */
    public BrokerOptions user(String name, String password) {
        require(!name.isEmpty() && !password.isEmpty(), "user name and password must not be empty");
        BrokerOptions copy = copy();
        copy.users = new TreeMap<>(users);
        copy.users.put(name, password.getBytes(UTF_8));
        return copy;
    }

    /** Speaks TLS, and nothing else, with this certificate. */
    public BrokerOptions tls(SslContext context) {
        require(context.isServer(), "the TLS context must be one for servers");
        BrokerOptions copy = copy();
        copy.tls = context;
        return copy;
    }

    /** At most so many connections; 1000 if not given. */
    public BrokerOptions maxClients(int count) {
        require(count > 0, "there must be room for a client");
        BrokerOptions copy = copy();
        copy.maxClients = count;
        return copy;
    }

    /** The longest packet, in bytes; 64 KiB if not given. */
    public BrokerOptions maxMessageSize(int bytes) {
        require(bytes >= 128 && bytes <= 1 << 28, "a packet's limit must be 128 bytes to 256 MiB, not " + bytes);
        BrokerOptions copy = copy();
        copy.maxMessageSize = bytes;
        return copy;
    }

    /** So many topic filters for each client; 64 if not given. */
    public BrokerOptions maxSubscriptions(int count) {
        require(count > 0, "a client must be able to subscribe");
        BrokerOptions copy = copy();
        copy.maxSubscriptions = count;
        return copy;
    }

    /** So many retained messages, and of all of them together no more than fit into {@link #maxPending}; 256 if not given. */
    public BrokerOptions maxRetained(int count) {
        require(count >= 0, "a number of messages can't be negative");
        BrokerOptions copy = copy();
        copy.maxRetained = count;
        return copy;
    }

    /** So many bytes may wait for one client; who reads so slowly that more would, is cut off. 1 MiB if not given. */
    public BrokerOptions maxPending(int bytes) {
        require(bytes >= 1024, "at least 1024 bytes must be able to wait for a client, not " + bytes);
        BrokerOptions copy = copy();
        copy.maxPending = bytes;
        return copy;
    }

    /** How long a connection may take to say who it is; 10 s if not given. */
    public BrokerOptions connectTimeout(Duration timeout) {
        require(!timeout.isNegative() && !timeout.isZero(), "a timeout must be positive, not " + timeout);
        BrokerOptions copy = copy();
        copy.connectTimeout = timeout;
        return copy;
    }

    boolean admits(String user, byte[] password) {
        if (users.isEmpty()) {
            return true;
        }
        byte[] expected = user == null ? null : users.get(user);
        // An unknown user costs the same comparison as a known one
        byte[] given = password == null ? new byte[0] : password;
        return MessageDigest.isEqual(expected == null ? new byte[] {1} : expected, given) && expected != null;
    }

    private BrokerOptions copy() {
        BrokerOptions copy = new BrokerOptions();
        copy.users = users;
        copy.tls = tls;
        copy.maxClients = maxClients;
        copy.maxMessageSize = maxMessageSize;
        copy.maxSubscriptions = maxSubscriptions;
        copy.maxRetained = maxRetained;
        copy.maxPending = maxPending;
        copy.connectTimeout = connectTimeout;
        return copy;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
