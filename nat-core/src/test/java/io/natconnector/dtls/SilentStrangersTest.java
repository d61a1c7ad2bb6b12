package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handshakes beside their owner, as a connector has them: many that begin and fall silent. */
@Timeout(120)
class SilentStrangersTest {
    private static final int STRANGERS = 1000;
    private static final DtlsIdentity OURS = DtlsIdentity.generate(new SecureRandom());
    private static final DtlsIdentity THEIRS = DtlsIdentity.generate(new SecureRandom());

    private final Handshakes handshakes = Handshakes.beside();
    private final SecureRandom random = new SecureRandom();
    private final BlockingQueue<DtlsAssociation> woken = new LinkedBlockingQueue<>();

    private DtlsAssociation associate(DtlsIdentity identity, DtlsRole role, DtlsIdentity expected) {
        DtlsAssociation[] itself = new DtlsAssociation[1];
        itself[0] = new DtlsAssociation(identity, role, expected.fingerprint(), KeyLifetime.DEFAULT, random, handshakes,
                () -> woken.add(itself[0]));
        itself[0].start(0);
        return itself[0];
    }

    private static void carry(DtlsAssociation from, DtlsAssociation to) {
        for (ByteBuf datagram; (datagram = from.pollTransmit()) != null; ) {
            to.receive(datagram, 0);
            datagram.release();
        }
    }

    private static void drop(DtlsAssociation from) {
        for (ByteBuf datagram; (datagram = from.pollTransmit()) != null; ) {
            datagram.release();
        }
    }

    @Test
    void holdNobodyUpAndLeaveNothing() throws InterruptedException {
        DtlsAssociation speaker = associate(THEIRS, DtlsRole.CLIENT, OURS);
        while (speaker.flight().isEmpty()) {
            assertThat(woken.poll(60, SECONDS)).isNotNull();
            speaker.proceed(0);
        }
        byte[] hello = speaker.flight().get(0);
        List<DtlsAssociation> strangers = new ArrayList<>();
        Set<DtlsAssociation> unanswered = new HashSet<>();
        for (int i = 0; i < STRANGERS; i++) {
            DtlsAssociation stranger = associate(OURS, DtlsRole.SERVER, THEIRS);
            strangers.add(stranger);
            unanswered.add(stranger);
            stranger.receive(Unpooled.wrappedBuffer(hello.clone()), 0);
        }
        DtlsAssociation client = associate(THEIRS, DtlsRole.CLIENT, OURS);
        DtlsAssociation server = associate(OURS, DtlsRole.SERVER, THEIRS);
        while (!client.isEstablished() || !server.isEstablished() || !unanswered.isEmpty()) {
            DtlsAssociation next = woken.poll(60, SECONDS);
            assertThat(next).as("stuck with " + unanswered.size() + " strangers unanswered").isNotNull();
            next.proceed(0);
            unanswered.remove(next);
            if (next == client || next == server) {
                carry(client, server);
                carry(server, client);
            }
        }

        long later = Negotiation.GIVE_UP + 1;
        for (DtlsAssociation stranger : strangers) {
            stranger.handleTimeout(later);
            assertThat(stranger.pollEvent()).isInstanceOfSatisfying(DtlsEvent.Failed.class,
                    failed -> assertThat(failed.reason()).isEqualTo(DtlsFailure.TIMEOUT));
            assertThat(stranger.nextTimeout()).isEqualTo(Long.MAX_VALUE);
            drop(stranger);
        }
        client.close();
        server.close();
        speaker.close();
        List.of(client, server, speaker).forEach(SilentStrangersTest::drop);

        assertThat(handshakes.closeAndAwait(30)).as("no thread is left").isTrue();
    }

    @Test
    void whoSaysNothingAtAllCostsNoThread() throws InterruptedException {
        for (int i = 0; i < STRANGERS; i++) {
            associate(OURS, DtlsRole.SERVER, THEIRS);
        }

        assertThat(handshakes.closeAndAwait(0)).isTrue();
    }
}
