package io.natconnector.portmap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.Nat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The inside of a home gateway: answers PCP, NAT-PMP and SSDP as their texts say, and opens ports of a virtual NAT. */
public final class VirtualGateway implements Machine {
    public static final int PORT = 5351;
    private static final HexFormat HEX = HexFormat.of();

    /** A request that came. */
    public record Asked(long millis, String what, long lifetime) {
        @Override
        public String toString() {
            return millis + " " + what + (what.contains("MAP") ? " " + lifetime : "");
        }
    }

    private final Nat nat;
    private final Host host;
    private final List<Asked> asked = new ArrayList<>();
    private final List<String> nonces = new ArrayList<>();
    private final List<Integer> internalPorts = new ArrayList<>();
    private final List<Integer> suggestedPorts = new ArrayList<>();
    private final Map<Integer, String> owners = new HashMap<>();       // external port, nonce
    private final Set<MappingProtocol> speaks = EnumSet.noneOf(MappingProtocol.class);
    private final Queue<Datagram> transmits = new ArrayDeque<>();
    private long lifetime = 7200;
    private int refusal;
    private int deaf;
    private boolean silentOnUnknown;
    private boolean handsOver;
    private int portOffset;
    private long bootedAt;
    private long lag;

    public VirtualGateway(Nat nat, Host host, MappingProtocol... protocols) {
        this.nat = nat;
        this.host = host;
        speaks.addAll(List.of(protocols));
        host.bind(this, PORT);
        host.bind(this, 1900);
    }

    public InetAddress address() {
        return host.address();
    }

    List<String> asked() {
        return asked.stream().map(Asked::toString).toList();
    }

    List<String> asked(String what) {
        return asked.stream().filter(each -> each.what().equals(what)).map(Asked::toString).toList();
    }

    List<String> nonces() {
        return nonces;
    }

    List<Integer> internalPorts() {
        return internalPorts;
    }

    List<Integer> suggestedPorts() {
        return suggestedPorts;
    }

    void forgetWhatWasAsked() {
        asked.clear();
    }

    VirtualGateway grants(long seconds) {
        lifetime = seconds;
        return this;
    }

    VirtualGateway refuses(int result) {
        refusal = result;
        return this;
    }

    /** Loses so many requests from now on. */
    public VirtualGateway deaf(int requests) {
        deaf = requests;
        return this;
    }

    /** Says nothing to versions that it does not know, as many do. */
    VirtualGateway silentOnUnknown() {
        silentOnUnknown = true;
        return this;
    }

    /** Lets PCP take over what was mapped by NAT-PMP. */
    VirtualGateway handsOver() {
        handsOver = true;
        return this;
    }

    /** Gives other external ports than those asked for. */
    VirtualGateway portOffset(int offset) {
        portOffset = offset;
        return this;
    }

    VirtualGateway speak(MappingProtocol protocol, boolean does) {
        if (does) {
            speaks.add(protocol);
        } else {
            speaks.remove(protocol);
        }
        return this;
    }

    /** Its clock falls behind by so many seconds, without a reboot. */
    VirtualGateway lag(long seconds) {
        lag = seconds;
        return this;
    }

    /** Loses power: forgets its mappings, and its clock starts from zero. */
    public void reboot(long now) {
        bootedAt = now;
        nat.reboot();
        owners.clear();
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        ByteBuf in = datagram.payload();
        if (datagram.to().getPort() == 1900) {
            search(datagram, now);
            return true;
        }
        int version = in.getUnsignedByte(0);
        boolean map = in.getByte(1) == 1;
        String what = version == 2 ? map ? "PCP MAP" : "PCP ANNOUNCE" : map ? "PMP MAP" : "PMP ADDRESS";
        asked.add(new Asked(TimeUnit.NANOSECONDS.toMillis(now), what,
                what.equals("PCP MAP") ? in.getUnsignedInt(4) : what.equals("PMP MAP") ? in.getUnsignedInt(8) : 0));
        if (deaf > 0) {
            deaf--;
            return true;
        }
        ByteBuf out = version == 2 ? pcp(in, datagram.from(), now) : pmp(in, datagram.from(), now);
        if (out != null) {
            transmits.add(datagram.reply(out));
        }
        return true;
    }

    private void search(Datagram datagram, long now) {
        asked.add(new Asked(TimeUnit.NANOSECONDS.toMillis(now), "SEARCH", 0));
        if (speaks.contains(MappingProtocol.UPNP)) {
            transmits.add(datagram.reply(Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:"
                    + "InternetGatewayDevice:1\r\nLocation: http://" + address().getHostAddress() + ":5000/root.xml\r\n\r\n", US_ASCII)));
        }
    }

    private int epoch(long now) {
        return (int) (TimeUnit.NANOSECONDS.toSeconds(now - bootedAt) + (bootedAt == 0 ? 1000 : 0) - lag);
    }

    private ByteBuf pcp(ByteBuf in, InetSocketAddress from, long now) {
        if (!speaks.contains(MappingProtocol.PCP)) {
            return silentOnUnknown ? null
                    : Unpooled.buffer().writeByte(0).writeByte(0x80 | in.getByte(1)).writeShort(1).writeInt(epoch(now));
        }
        if (in.getByte(1) == 0) {
            return Unpooled.buffer().writeShort(0x0280).writeShort(0).writeInt(0).writeInt(epoch(now)).writeZero(12);
        }
        long wanted = in.getUnsignedInt(4);
        String nonce = HEX.formatHex(bytes(in, 24, 12));
        int internal = in.getUnsignedShort(40);
        int suggested = in.getUnsignedShort(42);
        nonces.add(nonce);
        internalPorts.add(internal);
        suggestedPorts.add(suggested);
        InetSocketAddress inside = new InetSocketAddress(from.getAddress(), internal);
        int external = externalPort(inside, suggested);
        int result = refusal;
        if (result == 0 && !mayChange(owners.get(external), nonce)) {
            result = 2;                                       // NOT_AUTHORIZED
        }
        if (result == 0) {
            apply(external, inside, wanted, nonce);
        }
        ByteBuf out = Unpooled.buffer().writeShort(0x0281).writeShort(result).writeInt(result != 0 ? 30 : granted(wanted))
                .writeInt(epoch(now)).writeZero(12).writeBytes(bytes(in, 24, 12)).writeByte(17).writeMedium(0)
                .writeShort(internal).writeShort(external);
        return out.writeZero(10).writeShort(0xFFFF).writeBytes(nat.addresses().get(0).getAddress());
    }

    private boolean mayChange(String owner, String nonce) {
        return owner == null || owner.equals(nonce) || handsOver && owner.isEmpty();
    }

    private ByteBuf pmp(ByteBuf in, InetSocketAddress from, long now) {
        if (!speaks.contains(MappingProtocol.NAT_PMP)) {
            return silentOnUnknown || !speaks.contains(MappingProtocol.PCP) ? null
                    : Unpooled.buffer().writeByte(2).writeByte(0x80 | in.getByte(1)).writeShort(1).writeInt(0).writeInt(epoch(now))
                            .writeZero(12);
        }
        if (in.getByte(1) == 0) {
            return Unpooled.buffer().writeShort(0x0080).writeShort(0).writeInt(epoch(now))
                    .writeBytes(nat.addresses().get(0).getAddress());
        }
        int internal = in.getUnsignedShort(4);
        int suggested = in.getUnsignedShort(6);
        internalPorts.add(internal);
        suggestedPorts.add(suggested);
        InetSocketAddress inside = new InetSocketAddress(from.getAddress(), internal);
        int external = externalPort(inside, suggested);
        long wanted = in.getUnsignedInt(8);
        if (refusal == 0) {
            apply(external, inside, wanted, "");
        }
        return Unpooled.buffer().writeShort(0x0081).writeShort(refusal).writeInt(epoch(now)).writeShort(internal)
                .writeShort(wanted == 0 ? 0 : external).writeInt(granted(wanted));
    }

    private int granted(long wanted) {
        return (int) Math.min(wanted, lifetime);
    }

    /** The one that it has already, or a new one. */
    private int externalPort(InetSocketAddress inside, int suggested) {
        return nat.mapped().entrySet().stream().filter(entry -> entry.getValue().equals(inside))
                .map(entry -> entry.getKey().getPort()).findFirst().orElse(suggested + portOffset);
    }

    private void apply(int external, InetSocketAddress inside, long wanted, String owner) {
        if (wanted == 0) {
            nat.unmap(external);
            owners.remove(external);
        } else {
            nat.map(external, inside);
            owners.put(external, owner);
        }
    }

    private static byte[] bytes(ByteBuf in, int at, int length) {
        byte[] bytes = new byte[length];
        in.getBytes(at, bytes);
        return bytes;
    }

    @Override
    public void handleTimeout(long now) { }

    @Override
    public long nextTimeout() {
        return NEVER;
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }
}
