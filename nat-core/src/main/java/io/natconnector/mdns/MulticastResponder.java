package io.natconnector.mdns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the hosts of the local networks that ask for a name of ours (RFC 6762, section 6), beside other responders of the
 * machine. Who asks from elsewhere gets no answer: the port may be open to more than the local network. A thread of its own, which
 * waits.
 */
final class MulticastResponder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MulticastResponder.class);
    private static final int TTL = 255;
    /** RFC 6762, section 6: a record is not multicast more often. */
    private static final long MULTICAST_REST = TimeUnit.SECONDS.toNanos(1);

    private final InetSocketAddress group;
    private final Function<String, InetAddress> names;
    private final DatagramChannel channel;
    private final Set<NetworkInterface> joined = new HashSet<>();
    private final Map<InetAddress, Long> multicastAt = new HashMap<>();

    /**
     * @param group where questions come to
     * @param names the address of a name in lower case, {@code null} if it is not ours; called on the responder's thread
     * @throws IOException where the port can't be shared with who has it
     */
    MulticastResponder(InetSocketAddress group, Function<String, InetAddress> names) throws IOException {
        this.group = group;
        this.names = names;
        this.channel = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, TTL);
            channel.bind(group.getAddress().isMulticastAddress() ? new InetSocketAddress(group.getPort()) : group);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        Thread thread = new Thread(this::serve, "nat-mdns-responder");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Listens in the network of that address of ours, too. */
    synchronized void join(InetAddress local) {
        try {
            NetworkInterface device = NetworkInterface.getByInetAddress(local);
            if (device != null && group.getAddress().isMulticastAddress() && joined.add(device)) {
                channel.join(group.getAddress(), device);
            }
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
            LOG.debug("No names are answered for in the network of {}: {}", local, e.toString());
        }
    }

    private void serve() {
        ByteBuffer packet = ByteBuffer.allocate(DnsMessage.MAX_LENGTH);
        while (channel.isOpen()) {
            try {
                InetSocketAddress from = (InetSocketAddress) channel.receive(packet.clear());
                DnsQuery query = DnsQuery.parse(packet.flip());
                if (query != null) {
                    answer(query, from);
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.debug("A question for a name was not answered: {}", e.toString());
            }
        }
    }

    private void answer(DnsQuery query, InetSocketAddress from) throws IOException {
        Map<DnsQuery.Question, InetAddress> known = new LinkedHashMap<>();
        for (DnsQuery.Question question : query.questions()) {
            InetAddress address = names.apply(question.name().toLowerCase(Locale.ROOT));
            if (address != null && question.wants(address)) {
                known.put(question, address);
            }
        }
        NetworkInterface device = known.isEmpty() ? null : networkOf(from.getAddress());
        if (device == null) {
            return;
        }
        boolean oneShot = from.getPort() != group.getPort();
        if (oneShot || known.keySet().stream().allMatch(DnsQuery.Question::unicast)) {
            channel.send(ByteBuffer.wrap(query.answer(known, oneShot)), from);
            return;
        }
        long now = System.nanoTime();
        known.values().removeIf(address -> now - multicastAt.getOrDefault(address, now - MULTICAST_REST) < MULTICAST_REST);
        if (!known.isEmpty()) {
            known.values().forEach(address -> multicastAt.put(address, now));
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, device);
            channel.send(ByteBuffer.wrap(query.answer(known, false)), group);
        }
    }

    /** The interface whose network the asker is in, {@code null} if it is in none of ours (RFC 6762, section 11). */
    private static NetworkInterface networkOf(InetAddress asker) throws IOException {
        if (!(asker instanceof Inet4Address)) {
            return null;
        }
        int address = ByteBuffer.wrap(asker.getAddress()).getInt();
        for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
            for (InterfaceAddress own : device.getInterfaceAddresses()) {
                int prefix = own.getNetworkPrefixLength();
                int mask = prefix == 0 ? 0 : -1 << 32 - prefix;
                if (own.getAddress() instanceof Inet4Address
                        && (ByteBuffer.wrap(own.getAddress().getAddress()).getInt() & mask) == (address & mask)) {
                    return device;
                }
            }
        }
        return null;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("The responder's socket could not be closed", e);
        }
    }
}
