package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Authenticator;
import io.natconnector.stun.BindingServer;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Answers requests: who is it, and may he? What is answered to strangers is counted per source, and leaves nothing behind. */
final class RequestHandler {
    static final Set<StunMethod> METHODS =
            EnumSet.of(StunMethod.ALLOCATE, StunMethod.REFRESH, StunMethod.CREATE_PERMISSION, StunMethod.CHANNEL_BIND);

    /** RFC 6062, section 5. */
    private static final Set<StunMethod> CONNECTION_METHODS = EnumSet.of(StunMethod.CONNECT, StunMethod.CONNECTION_BIND);

    private final RelayHub hub;
    private final RelayFeatures features;
    private final BindingServer bindings;
    private final Authenticator authenticator;
    private final AnswerLimit limit;
    private final AllocateHandler allocate;
    private final PeerHandler peers;
    private final ConnectHandler connections;
    private final long epochSeconds;
    private final long startedAt;

    RequestHandler(RelayHub hub, long epochSeconds, long now) {
        RelayServerConfig config = hub.config;
        this.hub = hub;
        this.features = config.features();
        this.bindings = new BindingServer(config.binding());
        this.authenticator = new Authenticator(config.realm(), config.credentials(), config.offer(), hub.random,
                config.nonceLifetimeSeconds());
        this.limit = new AnswerLimit(config.challengesPerSecond(), hub.random);
        this.allocate = new AllocateHandler(hub);
        this.peers = new PeerHandler(hub);
        this.connections = new ConnectHandler(hub);
        this.epochSeconds = epochSeconds;
        this.startedAt = now;
    }

    long bindings() {
        return bindings.answered();
    }

    int reservations() {
        return allocate.reservations();
    }

    /** Answers a Binding request in the form of RFC 3489, if that is wanted. */
    boolean bind(Datagram datagram) {
        try {
            Datagram answer = answer(StunMessage.parse(datagram.payload()), datagram);
            if (answer != null) {
                hub.transmit(answer);
            }
            return answer != null;
        } catch (StunException e) {
            return false;
        }
    }

    private Datagram answer(StunMessage request, Datagram datagram) {
        return hub.config.answersBinding() ? bindings.answer(request, datagram) : null;
    }

    void handle(StunMessage request, Datagram datagram, Listener listener, long now) {
        StunMethod method = request.method();
        if (method == StunMethod.BINDING) {
            Datagram answer = answer(request, datagram);
            if (answer != null) {
                hub.transmit(answer);
            }
        } else if (method != null) {
            Exchange exchange = new Exchange(request, datagram);
            boolean ofConnections = CONNECTION_METHODS.contains(method) && features.tcpRelay() && exchange.transport.isReliable();
            if (METHODS.contains(method) || ofConnections) {
                authenticate(request, exchange, listener, now);
            } else {
                refuseStranger(exchange, exchange.error(ErrorCode.BAD_REQUEST), now);
            }
        }
    }

    private void authenticate(StunMessage request, Exchange exchange, Listener listener, long now) {
        long epoch = epochSeconds + (now - startedAt) / SECONDS.toNanos(1);
        Allocation allocation = listener.allocation(exchange.client);
        Allocation known = allocation == null ? named(request, exchange.method) : allocation;
        Authenticator.Verdict verdict = authenticator.check(request, exchange.client, exchange.transport, epoch,
                known == null ? null : known.owner);
        if (verdict instanceof Authenticator.Refused refused) {
            if (admits(exchange, now)) {
                challenge(request, exchange, refused, epoch);
            }
            return;
        }
        exchange.accepted((Authenticator.Accepted) verdict);
        List<Integer> unknown = unknown(request);
        if (!unknown.isEmpty()) {
            refuse(exchange, ErrorCode.UNKNOWN_ATTRIBUTE,
                    exchange.error(ErrorCode.UNKNOWN_ATTRIBUTE).put(StunAttribute.UNKNOWN_ATTRIBUTES, unknown));
        } else {
            answer(exchange, switch (exchange.method) {
                case ALLOCATE -> allocate.handle(request, exchange, listener, allocation, now);
                case CONNECTION_BIND -> connections.bind(request, exchange, allocation);
                default -> isMove(request) ? move(request, exchange, listener, allocation, now)
                        : ofOwner(request, exchange, listener, allocation, now);
            });
        }
    }

    /** RFC 8656, section 7.2: who can't keep datagrams whole does not know that wish. */
    private List<Integer> unknown(StunMessage request) {
        List<Integer> unknown = request.unknownRequired();
        if (!features.keepsWhole() && request.has(StunAttribute.DONT_FRAGMENT)) {
            unknown = new ArrayList<>(unknown);
            unknown.add(StunAttribute.DONT_FRAGMENT.type());
        }
        return unknown;
    }

    /** The allocation that a request means that did not come by the 5-tuple of one, or {@code null}. */
    private Allocation named(StunMessage request, StunMethod method) {
        if (method == StunMethod.CONNECTION_BIND) {
            PeerConnection connection = hub.connections.waiting(request.get(StunAttribute.CONNECTION_ID));
            return connection == null ? null : connection.allocation;
        }
        return method == StunMethod.REFRESH ? hub.mobility.find(request) : null;
    }

    private boolean isMove(StunMessage request) {
        return features.mobility() && request.method() == StunMethod.REFRESH && request.has(StunAttribute.MOBILITY_TICKET);
    }

    private int move(StunMessage request, Exchange exchange, Listener listener, Allocation here, long now) {
        Allocation allocation = here == null ? hub.mobility.find(request) : here;
        int wrong = hub.mobility.resume(request, exchange, listener, here, now);
        return wrong != 0 ? wrong : allocate.refresh(request, exchange, allocation, now);
    }

    private int ofOwner(StunMessage request, Exchange exchange, Listener listener, Allocation allocation, long now) {
        if (allocation == null || !allocation.isOpen()) {
            return ErrorCode.ALLOCATION_MISMATCH;
        }
        if (!allocation.owner.username().equals(exchange.user().username())) {
            return ErrorCode.WRONG_CREDENTIALS;               // RFC 8656, section 5
        }
        allocation.heardAt(listener, exchange.client);
        return switch (exchange.method) {
            case REFRESH -> allocate.refresh(request, exchange, allocation, now);
            case CREATE_PERMISSION -> peers.permit(request, exchange, allocation, now);
            case CONNECT -> connections.connect(request, exchange, allocation);
            default -> peers.bind(request, exchange, allocation, now);
        };
    }

    private void answer(Exchange exchange, int error) {
        if (error == ErrorCode.TRY_ALTERNATE) {
            refuse(exchange, error, exchange.error(error)
                    .put(StunAttribute.ALTERNATE_SERVER, hub.alternate(exchange.client)));
        } else if (error != 0) {
            refuse(exchange, error, exchange.error(error));
        }
    }

    private void refuse(Exchange exchange, int code, StunWriter error) {
        hub.counters.refuse(code);
        hub.transmit(exchange.end(error));
    }

    private void challenge(StunMessage request, Exchange exchange, Authenticator.Refused refused, long epoch) {
        hub.counters.challenges++;
        hub.transmit(exchange.end(
                authenticator.refuse(request, refused, exchange.client, exchange.transport, epoch)));
    }

    /** Answers somebody who did not prove himself, or leaves it when he has had his share. */
    void refuseStranger(Exchange exchange, StunWriter error, long now) {
        Datagram answer = exchange.end(error);
        if (admits(exchange, now)) {
            hub.counters.challenges++;
            hub.transmit(answer);
        } else {
            answer.payload().release();
        }
    }

    /** Over a stream the source is who it says, so there nobody else would be hit. */
    private boolean admits(Exchange exchange, long now) {
        if (exchange.transport.isReliable() || limit.admits(exchange.client.getAddress(), now)) {
            return true;
        }
        hub.counters.unanswered++;
        return false;
    }
}
