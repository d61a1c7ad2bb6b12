package io.natconnector.mdns;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** So much of DNS (RFC 1035, section 4) as it takes to ask for the addresses of one name. */
final class DnsMessage {
    /** What a response may fill. */
    static final int MAX_LENGTH = 9000;

    static final int HEADER = 12;
    static final int RESPONSE = 0x8000;
    static final int A = 1;
    static final int AAAA = 28;
    static final int INTERNET = 1;
    /** RFC 6762: the top bit of a class asks for an answer to us alone, or says that an answer replaces others. */
    static final int CLASS = 0x7FFF;
    static final int UNICAST_RESPONSE = 0x8000;
    private static final int MAX_RECORDS = 64;
    private static final int MAX_NAME = 255;
    private static final int MAX_JUMPS = 16;
    private static final int POINTER = 0xC0;

    private DnsMessage() { }

    /** A one-shot question for both kinds of addresses (RFC 6762, section 5.1). */
    static byte[] question(int id, String name) {
        ByteBuffer out = ByteBuffer.allocate(HEADER + 2 * (name.length() + 2 + 4));
        out.putShort((short) id).putShort((short) 0).putShort((short) 2).putShort((short) 0).putInt(0);
        for (int type : new int[] {A, AAAA}) {
            put(out, name);
            out.putShort((short) type).putShort((short) (INTERNET | UNICAST_RESPONSE));
        }
        return out.array();
    }

    static void put(ByteBuffer out, String name) {
        for (String label : name.split("\\.")) {
            out.put((byte) label.length()).put(label.getBytes(US_ASCII));
        }
        out.put((byte) 0);
    }

    /** The addresses that a response gives for the name; none if it is another one's, none at all, or malformed. */
    static List<InetAddress> addresses(byte[] packet, int length, int id, String name) {
        try {
            ByteBuffer in = ByteBuffer.wrap(packet, 0, length);
            boolean ours = (in.getShort() & 0xFFFF) == id && (in.getShort() & RESPONSE) != 0;
            int questions = in.getShort() & 0xFFFF;
            int records = (in.getShort() & 0xFFFF) + (in.getShort() & 0xFFFF) + (in.getShort() & 0xFFFF);
            if (!ours || questions > MAX_RECORDS || records > MAX_RECORDS) {
                return List.of();
            }
            for (int i = 0; i < questions; i++) {
                name(in);
                in.getInt();
            }
            List<InetAddress> addresses = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                InetAddress address = record(in, name);
                if (address != null) {
                    addresses.add(address);
                }
            }
            return addresses;
        } catch (BufferUnderflowException | IllegalArgumentException | UnknownHostException e) {
            return List.of();
        }
    }

    private static InetAddress record(ByteBuffer in, String name) throws UnknownHostException {
        boolean named = name(in).equalsIgnoreCase(name);
        int type = in.getShort() & 0xFFFF;
        int kind = in.getShort() & CLASS;
        in.getInt();                                          // for how long it may be kept
        byte[] data = new byte[Math.min(in.getShort() & 0xFFFF, in.remaining() + 1)];
        in.get(data);
        boolean address = type == A && data.length == 4 || type == AAAA && data.length == 16;
        return named && kind == INTERNET && address ? InetAddress.getByAddress(data) : null;
    }

    static String name(ByteBuffer in) {
        StringBuilder name = new StringBuilder();
        ByteBuffer at = in;
        for (int jumps = 0; ; ) {
            int length = at.get() & 0xFF;
            if (length == 0) {
                return name.toString();
            }
            if ((length & POINTER) == POINTER) {
                int target = (length & ~POINTER) << 8 | at.get() & 0xFF;
                if (++jumps > MAX_JUMPS) {
                    throw new IllegalArgumentException("a name that refers to itself");
                }
                at = in.duplicate().position(target);
            } else {
                byte[] label = new byte[Math.min(length, at.remaining() + 1)];
                at.get(label);
                name.append(name.isEmpty() ? "" : ".").append(new String(label, US_ASCII));
                if (name.length() > MAX_NAME) {
                    throw new IllegalArgumentException("a name of more than " + MAX_NAME + " characters");
                }
            }
        }
    }
}
