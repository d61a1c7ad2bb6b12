package io.natconnector.relay;

import io.natconnector.stun.Authenticator.Accepted;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;

/**
 * A request that is being answered: what of it the answer depends on. It outlives the datagram, because an Allocate is answered
 * only when its socket is open.
 */
final class Exchange {
    final Transport transport;
    final InetSocketAddress client;
    final InetSocketAddress server;
    final StunMethod method;
    final TransactionId id;
    private final boolean fingerprint;
    private Accepted user;

    Exchange(StunMessage request, Datagram datagram) {
        this(datagram, request.method(), request.transactionId(), request.hasFingerprint());
    }

    Exchange(Datagram datagram, StunMethod method, TransactionId id, boolean fingerprint) {
        this.transport = datagram.transport();
        this.client = datagram.from();
        this.server = datagram.to();
        this.method = method;
        this.id = id;
        this.fingerprint = fingerprint;
    }

    /** From here on answers are signed. */
    void accepted(Accepted accepted) {
        user = accepted;
    }

    /** Who asks, proven; {@code null} before that. */
    Accepted user() {
        return user;
    }

    StunWriter success() {
        return StunWriter.write(method, StunClass.SUCCESS, id);
    }

    /** An error without a reason phrase: numbers are understood by programs, and strangers get no byte more than they must. */
    StunWriter error(int code) {
        return StunWriter.write(method, StunClass.ERROR, id).put(StunAttribute.ERROR_CODE, ErrorCode.of(code));
    }

    Datagram end(StunWriter answer) {
        if (user != null) {
            user.sign(answer);
        }
        return new Datagram(transport, server, client, fingerprint ? answer.fingerprint() : answer.end());
    }
}
