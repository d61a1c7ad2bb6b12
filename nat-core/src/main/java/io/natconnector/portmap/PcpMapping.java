package io.natconnector.portmap;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A mapping by PCP (RFC 6887): the MAP opcode for UDP without options, and ANNOUNCE to look whether the gateway still knows what it
 * promised.
 *
 * <p>The nonce is chosen once and kept: with another one the gateway may neither renew nor delete the mapping (section 11.3), so
 * that nobody who can forge our address can take it away.
 */
final class PcpMapping extends GatewayMapping {
    static final int NONCE_BYTES = 12;
    private static final int VERSION = 2;
    private static final int ANNOUNCE = 0;
    private static final int MAP = 1;
    private static final int RESPONSE = 0x80;
    private static final int UDP = 17;
    private static final int HEADER = 24;
    private static final int LONGEST = 1100;                  // section 7
    private static final int MAP_BYTES = 36;
    private static final int SUCCESS = 0;
    private static final int NETWORK_FAILURE = 7;
    private static final int NO_RESOURCES = 8;
    private static final int CANNOT_PROVIDE_EXTERNAL = 11;
    /** Section 7.4, by number. */
    private static final String[] RESULTS = {"success", "version not supported", "not authorized", "malformed request",
        "opcode not supported", "option not supported", "malformed option", "the gateway's own network fails", "no resources",
        "protocol not supported", "quota exceeded", "it can't provide the external address",
        "there is another NAT between the gateway and us", "too many remote peers"};

    private final byte[] nonce;
    private long epoch = -1;                                  // the gateway's, in seconds
    private long epochAt;                                     // when it was heard

    /** @param nonce 12 random bytes, the same as long as the same mapping may exist at the gateway */
    PcpMapping(InetSocketAddress local, InetAddress gateway, byte[] nonce, long now) {
        super(local, gateway);
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("a nonce has " + NONCE_BYTES + " bytes, not " + nonce.length);
        }
        this.nonce = nonce.clone();
        begin(Request.MAP, now);
    }

    @Override
    public MappingProtocol protocol() {
        return MappingProtocol.PCP;
    }

    /** The first choice waits for nobody. */
    @Override
    public void allow(long now) { }

    /** Sections 7.1, 11.1 and 14.1. */
    @Override
    ByteBuf write(Request kind, long lifetime) {
        ByteBuf out = Unpooled.buffer(HEADER + MAP_BYTES);
        out.writeByte(VERSION).writeByte(kind == Request.CHECK ? ANNOUNCE : MAP).writeShort(0);
        out.writeInt(kind == Request.CHECK ? 0 : (int) lifetime);
        write(out, local().getAddress());
        if (kind == Request.CHECK) {
            return out;
        }
        out.writeBytes(nonce).writeByte(UDP).writeMedium(0).writeShort(local().getPort());
        if (lifetime == 0) {
            return out.writeZero(18);                         // section 15: no suggestion with a deletion
        }
        // Our own port for a start: a NAT that keeps ports then has one mapping for both ways
        out.writeShort(external() == null ? local().getPort() : external().getPort());
        if (external() != null) {
            write(out, external().getAddress());
        } else if (isIpv4()) {
            out.writeZero(10).writeShort(0xFFFF).writeInt(0); // section 11.1: any IPv4 address
        } else {
            out.writeZero(16);
        }
        return out;
    }

    /** Section 5: 128 bits, IPv4 addresses mapped into IPv6. */
    private static void write(ByteBuf out, InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            out.writeZero(10).writeShort(0xFFFF);
        }
        out.writeBytes(bytes);
    }

    /** Section 8.3. */
    @Override
    void read(ByteBuf in, long now) {
        int at = in.readerIndex();
        int length = in.readableBytes();
        if (length < 4 || (in.getByte(at + 1) & RESPONSE) == 0) {
            return;
        }
        int result = in.getUnsignedByte(at + 3);
        if (in.getByte(at) != VERSION) {
            // Section 9: it tells a version that it knows, and we know no other
            if (request() != Request.NONE && result == UNSUPPORTED_VERSION) {
                fail("not supported, it speaks version " + in.getUnsignedByte(at), false);
            }
            return;
        }
        if (length < HEADER || length > LONGEST || length % 4 != 0 || request() == Request.NONE) {
            return;
        }
        int opcode = in.getByte(at + 1) & 0x7F;
        if (opcode == MAP && request() == Request.MAP && length >= HEADER + MAP_BYTES && isOurs(in, at + HEADER)) {
            noteEpoch(in.getUnsignedInt(at + 8), now);
            readMap(in, at, result, now);
        } else if (opcode == ANNOUNCE && request() == Request.CHECK) {
            boolean forgotten = noteEpoch(in.getUnsignedInt(at + 8), now);
            checked(now);
            if (forgotten) {
                begin(Request.MAP, now);
            }
        }
    }

    /** Section 11.4: nonce, protocol and internal port must be those of the request. */
    private boolean isOurs(ByteBuf in, int at) {
        byte[] theirs = new byte[NONCE_BYTES];
        in.getBytes(at, theirs);
        return Arrays.equals(theirs, nonce) && in.getByte(at + 12) == UDP && in.getUnsignedShort(at + 16) == local().getPort();
    }

    private void readMap(ByteBuf in, int at, int result, long now) {
        if (result != SUCCESS) {
            boolean passes = result == NETWORK_FAILURE || result == NO_RESOURCES || result == CANNOT_PROVIDE_EXTERNAL;
            refused("refused: " + (result < RESULTS.length ? RESULTS[result] : "result " + result), passes, now);
            return;
        }
        byte[] address = new byte[16];
        in.getBytes(at + HEADER + 20, address);
        try {
            // Java makes an Inet4Address of an IPv4-mapped one
            InetSocketAddress external =
                    new InetSocketAddress(InetAddress.getByAddress(address), in.getUnsignedShort(at + HEADER + 18));
            mapped(external, in.getUnsignedInt(at + 4), now);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Section 8.5: whether the gateway's clock does not run with ours, because it has begun anew and forgotten its mappings. */
    private boolean noteEpoch(long heard, long now) {
        boolean forgotten = false;
        if (epoch >= 0) {
            long ours = NANOSECONDS.toSeconds(now - epochAt);
            long theirs = heard - epoch;
            forgotten = theirs < -1 || ours + 2 < theirs - theirs / 16 || theirs + 2 < ours - ours / 16;
        }
        epoch = heard;
        epochAt = now;
        return forgotten;
    }
}
