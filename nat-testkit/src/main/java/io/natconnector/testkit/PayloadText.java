package io.natconnector.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;

/** A few words on what a payload is: STUN, ChannelData (RFC 8656, section 12.4), printable text, or bytes. */
final class PayloadText {
    private static final int SHOWN = 24;
    private static final Map<String, StunAttribute<InetSocketAddress>> ADDRESSES = new TreeMap<>(Map.of(
            " mapped=", StunAttribute.XOR_MAPPED_ADDRESS,
            " peer=", StunAttribute.XOR_PEER_ADDRESS,
            " relayed=", StunAttribute.XOR_RELAYED_ADDRESS));

    private PayloadText() { }

    /** The words; {@code head} may be the beginning only of a payload of {@code size} bytes. */
    static String of(byte[] head, int size) {
        ByteBuf bytes = Unpooled.wrappedBuffer(head);
        if (head.length == size && StunMessage.is(bytes)) {
            return stun(bytes);
        }
        if (size >= 4 && (head[0] & 0xF0) == 0x40 && size - 4 - bytes.getUnsignedShort(2) >= 0
                && size - 4 - bytes.getUnsignedShort(2) < 4) {
            return "ChannelData 0x%04x %d B".formatted(bytes.getUnsignedShort(0), bytes.getUnsignedShort(2));
        }
        return size > 0 && isPrintable(head) ? quoted(head, size) : "data";
    }

    private static String stun(ByteBuf bytes) {
        try {
            StunMessage message = StunMessage.parse(bytes);
            StringBuilder text = new StringBuilder(message.toString());
            ADDRESSES.forEach((label, attribute) -> {
                InetSocketAddress address = message.get(attribute);
                text.append(address == null ? "" : label + Addresses.text(address));
            });
            String id = message.transactionId().toString();
            return text.append(" #").append(id.substring(id.length() - 4)).toString();
        } catch (StunException e) {
            return "malformed STUN: " + e.getMessage();
        }
    }

    private static boolean isPrintable(byte[] bytes) {
        for (byte b : bytes) {
            if (b < ' ' || b > '~') {
                return false;
            }
        }
        return true;
    }

    private static String quoted(byte[] head, int size) {
        String text = new String(head, US_ASCII);
        return size <= SHOWN ? '"' + text + '"' : '"' + text.substring(0, SHOWN) + "...\"";
    }
}
