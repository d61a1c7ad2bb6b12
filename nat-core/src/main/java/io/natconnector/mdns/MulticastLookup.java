package io.natconnector.mdns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Asks the hosts of the local networks for the addresses of a name of theirs: a one-shot multicast query (RFC 6762, section 5.1),
 * from an ordinary port, so that answers come back to it alone. Blocks until there is one. Any thread.
 */
public final class MulticastLookup {
    /** RFC 6762, section 3, with IPv4. */
    static final InetSocketAddress GROUP = new InetSocketAddress("224.0.0.251", 5353);
    private static final int MAX_NETWORKS = 4;
    /** RFC 6762, section 11: packets of the local link alone have it when they arrive. */
    private static final int TTL = 255;
    private static final long[] SENDINGS = {0, 250, 1000};
    private static final long PATIENCE_MILLIS = 2500;

    private final InetSocketAddress group;
    private final SecureRandom random = new SecureRandom();

    public MulticastLookup() {
        this(GROUP);
    }

    MulticastLookup(InetSocketAddress group) {
        this.group = group;
    }

    /**
     * Asks in the networks of these addresses of ours, of which the IPv4 ones count.
     *
     * @return what the first answer says; empty if there is none in time
     */
    public List<InetAddress> lookup(String name, List<InetAddress> local) {
        int id = random.nextInt(0x10000);
        List<DatagramChannel> channels = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (InetAddress address : local) {
                if (address instanceof Inet4Address && channels.size() < MAX_NETWORKS) {
                    open(address, channels, selector);
                }
            }
            return channels.isEmpty() ? List.of() : ask(name, id, channels, selector);
        } catch (IOException e) {
            return List.of();                                 // as good as no answer
        } finally {
            channels.forEach(MulticastLookup::close);
        }
    }

    private static void open(InetAddress address, List<DatagramChannel> channels, Selector selector) throws IOException {
        NetworkInterface device = NetworkInterface.getByInetAddress(address);
        if (device == null) {
            return;
        }
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        channels.add(channel);
        channel.configureBlocking(false);
        channel.bind(new InetSocketAddress(address, 0));
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, device).setOption(StandardSocketOptions.IP_MULTICAST_TTL, TTL);
        channel.register(selector, SelectionKey.OP_READ);
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone
        }
    }

    private List<InetAddress> ask(String name, int id, List<DatagramChannel> channels, Selector selector) throws IOException {
        byte[] question = DnsMessage.question(id, name);
        ByteBuffer answer = ByteBuffer.allocate(DnsMessage.MAX_LENGTH);
        long start = System.nanoTime();
        int sent = 0;
        while (true) {
            long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (elapsed >= PATIENCE_MILLIS || Thread.currentThread().isInterrupted()) {
                return List.of();
            }
            if (sent < SENDINGS.length && elapsed >= SENDINGS[sent]) {
                sent++;
                send(question, channels);
            }
            long next = sent < SENDINGS.length ? SENDINGS[sent] : PATIENCE_MILLIS;
            selector.select(Math.max(1, next - elapsed));
            selector.selectedKeys().clear();
            for (DatagramChannel channel : channels) {
                for (answer.clear(); channel.receive(answer) != null; answer.clear()) {
                    List<InetAddress> addresses = DnsMessage.addresses(answer.array(), answer.position(), id, name).stream()
                            .filter(MulticastLookup::isUsable).toList();
                    if (!addresses.isEmpty()) {
                        return addresses;
                    }
                }
            }
        }
    }

    private void send(byte[] question, List<DatagramChannel> channels) {
        for (DatagramChannel channel : channels) {
            try {
                channel.send(ByteBuffer.wrap(question), group);
            } catch (IOException e) {
                // a network that does without multicast; another one may have it
            }
        }
    }

    private static boolean isUsable(InetAddress address) {
        return !address.isAnyLocalAddress() && !address.isMulticastAddress() && !address.isLinkLocalAddress();
    }
}
