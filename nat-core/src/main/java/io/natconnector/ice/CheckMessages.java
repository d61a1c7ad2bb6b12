package io.natconnector.ice;

import static io.natconnector.stun.StunAttribute.ERROR_CODE;
import static io.natconnector.stun.StunAttribute.ICE_CONTROLLED;
import static io.natconnector.stun.StunAttribute.ICE_CONTROLLING;
import static io.natconnector.stun.StunAttribute.META_DTLS_IN_STUN;
import static io.natconnector.stun.StunAttribute.META_DTLS_IN_STUN_ACKNOWLEDGEMENT;
import static io.natconnector.stun.StunAttribute.NOMINATION;
import static io.natconnector.stun.StunAttribute.PADDING;
import static io.natconnector.stun.StunAttribute.PRIORITY;
import static io.natconnector.stun.StunAttribute.UNKNOWN_ATTRIBUTES;
import static io.natconnector.stun.StunAttribute.USERNAME;
import static io.natconnector.stun.StunAttribute.USE_CANDIDATE;
import static io.natconnector.stun.StunAttribute.XOR_MAPPED_ADDRESS;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** The STUN messages of connectivity checks (RFC 8445, section 7), written. */
final class CheckMessages {
    private static final int ATTRIBUTE_HEADER = 4;
    /** MESSAGE-INTEGRITY and FINGERPRINT. */
    private static final int AFTER_PADDING = 24 + 8;

    private final long tieBreaker;
    private final Passenger passenger;

    /** @param passenger rides in all checks and answers; may be {@code null} */
    CheckMessages(long tieBreaker, Passenger passenger) {
        this.tieBreaker = tieBreaker;
        this.passenger = passenger;
    }

    /** Lets off what rode in an authenticated message of the peer; nothing rides beside padding. */
    void alight(StunMessage message, long now) {
        if (passenger != null && !message.has(PADDING)) {
            passenger.heard(message.get(META_DTLS_IN_STUN), message.get(META_DTLS_IN_STUN_ACKNOWLEDGEMENT), now);
        }
    }

    /** The draft recommends the acknowledgement first. */
    private StunWriter board(StunWriter writer) {
        if (passenger != null) {
            byte[] acknowledgement = passenger.acknowledgement();
            byte[] data = passenger.data();
            if (acknowledgement != null) {
                writer.put(META_DTLS_IN_STUN_ACKNOWLEDGEMENT, acknowledgement);
            }
            if (data != null) {
                writer.put(META_DTLS_IN_STUN, data);
            }
        }
        return writer;
    }

    /**
     * A check (RFC 8445, section 7.2.2).
     *
     * @param isGuess whether it goes to an address that may be anybody's, so that it must be short
     * @param nomination the counter of a nomination that may move, for a peer that knows it; else 0
     */
    ByteBuf request(TransactionId id, String username, CandidatePair pair, IceRole role, boolean nominate, int nomination,
            boolean isGuess, IntegrityKey remoteKey) {
        StunWriter writer = check(id, username, pair, role);
        if (nominate) {
            writer.put(USE_CANDIDATE, true);
            if (nomination > 0) {
                writer.put(NOMINATION, nomination);
            }
        }
        return (isGuess ? writer : board(writer)).sign(remoteKey).fingerprint();
    }

    private StunWriter check(TransactionId id, String username, CandidatePair pair, IceRole role) {
        return StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, id)
                .put(USERNAME, username)
                .put(PRIORITY, (int) reflexivePriority(pair.local))
                .put(role == IceRole.CONTROLLING ? ICE_CONTROLLING : ICE_CONTROLLED, tieBreaker);
    }

    /** A check of so many bytes, a multiple of four. */
    ByteBuf padded(TransactionId id, String username, CandidatePair pair, IceRole role, int size, IntegrityKey remoteKey) {
        return pad(check(id, username, pair, role), size).sign(remoteKey).fingerprint();
    }

    private static StunWriter pad(StunWriter writer, int size) {
        int room = size - writer.length() - ATTRIBUTE_HEADER - AFTER_PADDING;
        return room < 0 ? writer : writer.put(PADDING, new byte[room & ~3]);
    }

    /**
     * The priority that a peer-reflexive candidate learned by a check would have (section 7.1.1). A relayed address is seen as it
     * is, so it keeps its own: the peer may meet it in a check before it meets it in our words, and must not prefer it until then.
     */
    static long reflexivePriority(Candidate local) {
        return local.type() == CandidateType.RELAYED ? local.priority()
                : (long) CandidateType.PEER_REFLEXIVE.preference() << 24 | local.priority() & 0xFF_FFFF;
    }

    /** A padded check is answered as long as it is (RFC 5780, section 7.6), so that one answer tells of both ways. */
    ByteBuf success(StunMessage request, int length, InetSocketAddress source, IntegrityKey localKey) {
        StunWriter answer = StunWriter.answer(request, StunClass.SUCCESS).put(XOR_MAPPED_ADDRESS, source);
        return (request.has(PADDING) ? pad(answer, length) : board(answer)).sign(localKey).fingerprint();
    }

    static ByteBuf roleConflict(StunMessage request, IntegrityKey localKey) {
        return StunWriter.answer(request, StunClass.ERROR)
                .put(ERROR_CODE, ErrorCode.of(ErrorCode.ROLE_CONFLICT)).sign(localKey).fingerprint();
    }

    static ByteBuf unknownAttributes(StunMessage request, IntegrityKey localKey) {
        return StunWriter.answer(request, StunClass.ERROR).put(ERROR_CODE, ErrorCode.of(ErrorCode.UNKNOWN_ATTRIBUTE))
                .put(UNKNOWN_ATTRIBUTES, request.unknownRequired()).sign(localKey).fingerprint();
    }
}
