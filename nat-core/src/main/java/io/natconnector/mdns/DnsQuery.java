package io.natconnector.mdns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A query of the local network, and the answer to it (RFC 6762, sections 5 and 6).
 *
 * @param id as an asker at an ordinary port wants it back
 * @param questions the first ones, of which there may be more
 */
record DnsQuery(int id, List<Question> questions) {
    private static final int MAX_QUESTIONS = 16;
    private static final int ANY = 255;
    private static final int AUTHORITATIVE_ANSWER = 0x8400;
    private static final int CACHE_FLUSH = 0x8000;
    /** RFC 6762, sections 10 and 6.7, in seconds. */
    private static final int TTL = 120;
    private static final int ONE_SHOT_TTL = 10;

    /** @param unicast whether the asker wants the answer alone */
    record Question(String name, int type, boolean unicast) {
        boolean wants(InetAddress address) {
            return type == ANY || type == typeOf(address);
        }
    }

    /** The query in a packet; {@code null} if it is a response, or malformed. */
    static DnsQuery parse(ByteBuffer packet) {
        try {
            int id = packet.getShort() & 0xFFFF;
            boolean isQuery = (packet.getShort() & DnsMessage.RESPONSE) == 0;
            int count = Math.min(packet.getShort() & 0xFFFF, MAX_QUESTIONS);
            packet.position(DnsMessage.HEADER);
            List<Question> questions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = DnsMessage.name(packet);
                int type = packet.getShort() & 0xFFFF;
                int kind = packet.getShort() & 0xFFFF;
                if ((kind & DnsMessage.CLASS) == DnsMessage.INTERNET) {
                    questions.add(new Question(name, type, (kind & DnsMessage.UNICAST_RESPONSE) != 0));
                }
            }
            return isQuery ? new DnsQuery(id, List.copyOf(questions)) : null;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * An answer.
     *
     * @param oneShot whether the asker is at an ordinary port: it gets its id and question back, and keeps the answer for a short
     *     time only (section 6.7)
     */
    byte[] answer(Map<Question, InetAddress> known, boolean oneShot) {
        ByteBuffer out = ByteBuffer.allocate(DnsMessage.MAX_LENGTH);
        out.putShort((short) (oneShot ? id : 0)).putShort((short) AUTHORITATIVE_ANSWER);
        out.putShort((short) (oneShot ? known.size() : 0)).putShort((short) known.size()).putInt(0);
        if (oneShot) {
            known.keySet().forEach(question -> {
                DnsMessage.put(out, question.name);
                out.putShort((short) question.type).putShort((short) DnsMessage.INTERNET);
            });
        }
        known.forEach((question, address) -> {
            DnsMessage.put(out, question.name);
            out.putShort((short) typeOf(address)).putShort((short) (DnsMessage.INTERNET | (oneShot ? 0 : CACHE_FLUSH)));
            out.putInt(oneShot ? ONE_SHOT_TTL : TTL).putShort((short) address.getAddress().length).put(address.getAddress());
        });
        byte[] answer = new byte[out.position()];
        out.flip().get(answer);
        return answer;
    }

    private static int typeOf(InetAddress address) {
        return address instanceof Inet4Address ? DnsMessage.A : DnsMessage.AAAA;
    }
}
