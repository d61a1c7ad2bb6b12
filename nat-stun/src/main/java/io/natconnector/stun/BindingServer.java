package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;

/**
 * Answers Binding requests (RFC 8489, section 12) and keeps nothing of them.
 *
 * <p>An answer is as short as it can be, so that the server is of little use for amplifying a flood with a forged source: 32 bytes
 * for a bare request of 20 over IPv4, that is 1.6 to 1. FINGERPRINT comes back only to those who sent one; there is no SOFTWARE,
 * no reason phrase and, but for clients of RFC 3489, no MAPPED-ADDRESS.
 *
 * <p>A machine for a socket of its own, or, by {@link #answer(StunMessage, Datagram)}, a part of a server that does more. Not
 * thread-safe: one per event loop.
 */
public final class BindingServer implements Machine {
    // For a driver that reads several datagrams before it drains; past it the oldest waits, the newest is dropped
    private static final int QUEUE_LIMIT = 1024;

    private final BindingOptions options;
    private final Queue<Datagram> answers = new ArrayDeque<>();
    private long answered;
    private long refused;
    private long malformed;
    private long dropped;

    public BindingServer() {
        this(BindingOptions.DEFAULT);
    }

    public BindingServer(BindingOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /** Answers a Binding request. Everything else is not its: neither other methods' requests, nor indications, nor responses. */
    @Override
    public boolean receive(Datagram datagram, long now) {
        if (!isBindingRequest(datagram)) {
            return false;
        }
        if (answers.size() >= QUEUE_LIMIT) {
            dropped++;
            return true;
        }
        try {
            Datagram answer = answer(StunMessage.parse(datagram.payload()), datagram);
            if (answer != null) {
                answers.add(answer);
            }
        } catch (StunException e) {
            malformed++;
        }
        return true;
    }

    private static boolean isBindingRequest(Datagram datagram) {
        return StunMessage.is(datagram.payload())
                ? StunMessage.type(datagram.payload()) == StunMethod.BINDING.type(StunClass.REQUEST)
                : StunMessage.isClassicBindingRequest(datagram.payload());
    }

    /**
     * The answer to a Binding request, for a server that has parsed it already.
     *
     * @param request the message in {@code datagram}
     * @return the caller's to send and release; {@code null} when the request is none that is answered here
     */
    public Datagram answer(StunMessage request, Datagram datagram) {
        boolean classic = request.cookie() != StunMessage.COOKIE;
        // RFC 8489, section 6.3.2: nobody answers an indication; a server that answers answers could be set on another one
        if (!request.is(StunMethod.BINDING, StunClass.REQUEST) || classic && !options.classic()
                || options.requireFingerprint() && !request.hasFingerprint()) {
            return null;
        }
        BindingOptions.Alternate alternate = alternateFor(datagram);
        List<Integer> unknown = unknownTo(request, alternate);
        if (!unknown.isEmpty()) {
            refused++;
            return datagram.reply(end(refuse(request, ErrorCode.UNKNOWN_ATTRIBUTE)
                    .put(StunAttribute.UNKNOWN_ATTRIBUTES, unknown), request));
        }
        Integer port = request.get(StunAttribute.RESPONSE_PORT);
        // RFC 5780, section 6.1: padding is not sent to a port that did not ask for it
        if (port != null && (port == 0 || request.has(StunAttribute.PADDING))) {
            refused++;
            return datagram.reply(end(refuse(request, ErrorCode.BAD_REQUEST), request));
        }
        answered++;
        StunWriter success = StunWriter.answer(request, StunClass.SUCCESS)
                .put(classic ? StunAttribute.MAPPED_ADDRESS : StunAttribute.XOR_MAPPED_ADDRESS, datagram.from());
        return alternate == null ? datagram.reply(end(success, request))
                : behavior(success, request, datagram, alternate);
    }

    private BindingOptions.Alternate alternateFor(Datagram datagram) {
        BindingOptions.Alternate alternate = options.alternate();
        boolean usable = alternate != null && datagram.transport() == Transport.UDP && alternate.sockets().contains(datagram.to());
        return usable ? alternate : null;
    }

    /** What this server must call unknown: RFC 5780's requests too, when it has no second address to fulfil them with. */
    private static List<Integer> unknownTo(StunMessage request, BindingOptions.Alternate alternate) {
        List<Integer> unknown = request.unknownRequired();
        if (alternate == null) {
            for (StunAttribute<?> attribute : BindingOptions.BEHAVIOR_REQUESTS) {
                if (request.has(attribute)) {
                    unknown = unknown.isEmpty() ? new ArrayList<>() : unknown;
                    unknown.add(attribute.type());
                }
            }
        }
        return unknown;
    }

    /** RFC 5780, section 6.1: from the address that the client wants to be answered from, to the port that it wants it at. */
    private static Datagram behavior(StunWriter success, StunMessage request, Datagram datagram,
            BindingOptions.Alternate alternate) {
        Integer change = request.get(StunAttribute.CHANGE_REQUEST);
        InetSocketAddress origin = alternate.origin(datagram.to(), change == null ? 0 : change);
        success.put(StunAttribute.RESPONSE_ORIGIN, origin)
                .put(StunAttribute.OTHER_ADDRESS, alternate.other(datagram.to()));
        byte[] padding = request.bytes(StunAttribute.PADDING);
        if (padding != null) {
            success.putBytes(StunAttribute.PADDING, new byte[padding.length]);   // as much as came in: no amplification
        }
        Integer port = request.get(StunAttribute.RESPONSE_PORT);
        InetSocketAddress to = port == null ? datagram.from() : new InetSocketAddress(datagram.from().getAddress(), port);
        return new Datagram(datagram.transport(), origin, to, end(success, request));
    }

    private static StunWriter refuse(StunMessage request, int code) {
        return StunWriter.answer(request, StunClass.ERROR).put(StunAttribute.ERROR_CODE, ErrorCode.of(code));
    }

    private static ByteBuf end(StunWriter answer, StunMessage request) {
        return request.hasFingerprint() ? answer.fingerprint() : answer.end();
    }

    /** Requests that were answered with an address. */
    public long answered() {
        return answered;
    }

    /** Requests that were answered with an error. */
    public long refused() {
        return refused;
    }

    /** Datagrams that began like a Binding request and were not well formed. */
    public long malformed() {
        return malformed;
    }

    /** Requests that were not answered because the driver had not sent the answers before them. */
    public long dropped() {
        return dropped;
    }

    @Override
    public void handleTimeout(long now) { }

    @Override
    public long nextTimeout() {
        return NEVER;
    }

    @Override
    public Datagram pollTransmit() {
        return answers.poll();
    }
}
