package io.natconnector.portmap;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * A mapping by NAT-PMP (RFC 6886): first the external address, which changes nothing at the gateway, then the UDP port. The address
 * is asked for again every minute: the answer tells, too, whether the gateway has forgotten what it promised.
 *
 * <p>The protocol has no nonce; the gateway's address, the opcode and the internal port are all that an answer can be known by.
 */
final class NatPmpMapping extends GatewayMapping {
    private static final int ADDRESS = 0;
    private static final int MAP_UDP = 1;
    private static final int RESPONSE = 0x80;
    private static final int NETWORK_FAILURE = 3;
    private static final int OUT_OF_RESOURCES = 4;
    /** Section 3.5, by number. */
    private static final String[] RESULTS = {"success", "version not supported", "not authorized",
        "the gateway has no external address itself", "no resources", "opcode not supported"};

    private InetAddress address;
    private boolean allowed;
    private long epoch = -1;
    private long epochAt;

    NatPmpMapping(InetSocketAddress local, InetAddress gateway, long now) {
        super(local, gateway);
        begin(Request.LOOK, now);
    }

    @Override
    public MappingProtocol protocol() {
        return MappingProtocol.NAT_PMP;
    }

    @Override
    public void allow(long now) {
        if (!allowed) {
            allowed = true;
            if (address != null && external() == null && !isFailed()) {
                begin(Request.MAP, now);
            }
        }
    }

    /** Sections 3.2 and 3.3. */
    @Override
    ByteBuf write(Request kind, long lifetime) {
        if (kind != Request.MAP) {
            return Unpooled.buffer(2).writeShort(ADDRESS);
        }
        // Section 3.4: with a deletion the external port is 0; with a renewal it is the one that we have
        int suggested = lifetime == 0 ? 0 : external() == null ? local().getPort() : external().getPort();
        return Unpooled.buffer(12).writeShort(MAP_UDP).writeShort(0).writeShort(local().getPort()).writeShort(suggested)
                .writeInt((int) lifetime);
    }

    @Override
    void read(ByteBuf in, long now) {
        int at = in.readerIndex();
        int length = in.readableBytes();
        if (length < 4 || request() == Request.NONE) {
            return;
        }
        if (in.getByte(at) != 0) {
            // RFC 6887, appendix A: a gateway that knows only PCP says so in PCP's form
            if (in.getUnsignedByte(at + 3) == UNSUPPORTED_VERSION) {
                fail("not supported, it speaks PCP only", false);
            }
            return;
        }
        if (length < 8) {
            return;
        }
        int opcode = in.getUnsignedByte(at + 1);
        int result = in.getUnsignedShort(at + 2);
        if (result == UNSUPPORTED_VERSION) {
            return;                                           // the answer to a PCP request
        }
        if (opcode == (RESPONSE | ADDRESS) && request() != Request.MAP) {
            readAddress(in, at, length, result, now);
        } else if (opcode == (RESPONSE | MAP_UDP) && request() == Request.MAP) {
            readMap(in, at, length, result, now);
        }
    }

    private void readAddress(ByteBuf in, int at, int length, int result, long now) {
        if (result != 0) {
            refused(why(result), passes(result), now);
            return;
        }
        if (length < 12) {
            return;
        }
        byte[] bytes = new byte[4];
        in.getBytes(at + 8, bytes);
        try {
            address = InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
        boolean forgotten = noteEpoch(in.getUnsignedInt(at + 4), now);
        if (external() == null) {
            settle();
            outcome("spoken, not asked for a mapping");
            if (allowed) {
                begin(Request.MAP, now);
            }
        } else if (address.isAnyLocalAddress()) {
            fail("the gateway has lost its external address", true);
        } else {
            checked(now);
            moved(address);
            if (forgotten) {
                begin(Request.MAP, now);
            }
        }
    }

    private void readMap(ByteBuf in, int at, int length, int result, long now) {
        if (length < 10 || in.getUnsignedShort(at + 8) != local().getPort()) {
            if (result == 0 || length >= 10) {
                return;                                       // a refusal may come without the rest
            }
        }
        if (result != 0) {
            refused(why(result), passes(result), now);
        } else if (length >= 16) {
            noteEpoch(in.getUnsignedInt(at + 4), now);
            mapped(new InetSocketAddress(address, in.getUnsignedShort(at + 10)), in.getUnsignedInt(at + 12), now);
        }
    }

    private static String why(int result) {
        return "refused: " + (result < RESULTS.length ? RESULTS[result] : "result " + result);
    }

    private static boolean passes(int result) {
        return result == NETWORK_FAILURE || result == OUT_OF_RESOURCES;
    }

    /** Section 3.6: whether the gateway's clock is behind what it should be, because it has begun anew. */
    private boolean noteEpoch(long heard, long now) {
        boolean forgotten = epoch >= 0 && heard < epoch + NANOSECONDS.toSeconds(now - epochAt) * 7 / 8 - 2;
        epoch = heard;
        epochAt = now;
        return forgotten;
    }
}
