package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.LongTermCredential.Attempt;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** One request on its way: what it asks, so that it can be asked again with another nonce, and when it is sent next. */
final class RelayTransaction {
    final StunMethod method;
    final Consumer<StunWriter> attributes;
    /** What is asked for: a {@link ClientPermission}, a {@link ClientChannel}, or nothing. */
    final Object subject;
    final Retransmission schedule;
    TransactionId id;
    ByteBuf wire;
    long start;
    int sent;
    /** How it went out; once signed, its answer must prove that the relay knows our password too. */
    Attempt attempt;
    /** An error that came without proof: not obeyed, but better to report than silence. */
    ErrorCode hint;

    RelayTransaction(StunMethod method, Consumer<StunWriter> attributes, Object subject, Retransmission schedule) {
        this.method = method;
        this.attributes = attributes;
        this.subject = subject;
        this.schedule = schedule;
    }

    long due() {
        return schedule.due(start, sent);
    }

    boolean isExhausted() {
        return sent >= schedule.count();
    }

    void release() {
        if (wire != null) {
            wire.release();
            wire = null;
        }
    }
}
