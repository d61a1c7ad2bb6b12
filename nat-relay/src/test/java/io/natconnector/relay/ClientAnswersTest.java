package io.natconnector.relay;

import static io.natconnector.relay.ClientBench.LOCAL;
import static io.natconnector.relay.ClientBench.RELAYED;
import static io.natconnector.relay.ClientBench.SERVER;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client makes of answers, true ones and forged ones. */
@ExtendWith(NoLeaks.class)
class ClientAnswersTest {
    private final ClientBench bench = new ClientBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void beginsWithABareAllocate() {
        StunMessage first = bench.request();

        assertThat(first.is(StunMethod.ALLOCATE, StunClass.REQUEST)).isTrue();
        assertThat(first.get(StunAttribute.REQUESTED_TRANSPORT)).isEqualTo(17);
        assertThat(first.hasIntegrity()).isFalse();
        assertThat(bench.sent()).isNull();
    }

    @Test
    void repeatsAtFirstQuicklyThenSlower() {
        List<Long> at = new ArrayList<>();
        while (!bench.client.isEnded()) {
            while (bench.sent() != null) {
                at.add(bench.now / 1_000_000);
            }
            bench.pass(ofMillis(10));
        }
        assertThat(at).containsExactly(0L, 100L, 300L, 700L, 1500L, 2500L, 3500L, 4500L, 5500L, 6500L);
        assertThat(bench.now / 1_000_000).isEqualTo(8000);
        assertThat(bench.failure()).isEqualTo(RelayFailure.NO_RESPONSE);
    }

    @Test
    void asksAgainWithCredentialsAndANewTransaction() {
        StunMessage first = bench.request();
        bench.challenge(first, ErrorCode.UNAUTHENTICATED, "n1");
        StunMessage second = bench.request();

        assertThat(second.verify(bench.key)).isTrue();
        assertThat(second.get(StunAttribute.NONCE)).isEqualTo("n1");
        assertThat(second.transactionId()).isNotEqualTo(first.transactionId());
    }

    @ParameterizedTest
    @CsvSource({"300, REDIRECTED", "400, REFUSED", "403, FORBIDDEN", "437, MISMATCH", "441, UNAUTHORIZED", "442, UNSUPPORTED",
        "486, QUOTA", "500, REFUSED", "508, CAPACITY", "599, REFUSED"})
    void tellsWhatAnErrorMeans(int code, RelayFailure reason) {
        bench.error(bench.signedAllocate(), code);

        RelayEvent.Failed failed = (RelayEvent.Failed) bench.client.pollEvent();
        assertThat(failed.reason()).isEqualTo(reason);
        assertThat(failed.advice()).startsWith(reason.advice()).contains(String.valueOf(code));
        assertThat(bench.client.isEnded()).isTrue();
        assertThat(bench.client.nextTimeout()).isEqualTo(RelayClient.NEVER);
    }

    @Test
    void goesToTheOtherServerOnce() {
        InetSocketAddress other = RelayBench.address("203.0.113.20", 3478);
        bench.receive(StunWriter.answer(bench.request(), StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(ErrorCode.TRY_ALTERNATE))
                .put(StunAttribute.ALTERNATE_SERVER, other).end());

        Datagram again = bench.sent();
        assertThat(again.to()).isEqualTo(other);
        assertThat(bench.client.server()).isEqualTo(other);
        bench.receive(Datagram.udp(other, LOCAL, StunWriter.answer(StunMessage.parse(again.payload()), StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(ErrorCode.TRY_ALTERNATE))
                .put(StunAttribute.ALTERNATE_SERVER, SERVER).end()));
        RelayEvent.Failed failed = (RelayEvent.Failed) bench.client.pollEvent();
        assertThat(failed.reason()).isEqualTo(RelayFailure.REDIRECTED);
        assertThat(failed.advice()).contains("203.0.113.10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "224.0.0.1", "2600::1", "203.0.113.10"})
    void goesToNoServerThatMakesNoSense(String ip) {
        bench.receive(StunWriter.answer(bench.request(), StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(ErrorCode.TRY_ALTERNATE))
                .put(StunAttribute.ALTERNATE_SERVER, RelayBench.address(ip, 3478)).end());

        assertThat(bench.failure()).isEqualTo(RelayFailure.REDIRECTED);
    }

    @Test
    void asksForIpv6WhereThereIsNoIpv4() {
        bench.error(bench.signedAllocate(), ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED);
        StunMessage second = bench.request();

        assertThat(second.get(StunAttribute.REQUESTED_ADDRESS_FAMILY)).isEqualTo(2);
        bench.error(second, ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED);
        assertThat(bench.failure()).isEqualTo(RelayFailure.UNSUPPORTED);
    }

    @Test
    void believesNoSuccessThatIsNotSigned() {
        StunMessage allocate = bench.signedAllocate();
        StunWriter forged = StunWriter.answer(allocate, StunClass.SUCCESS);
        ClientBench.allocation(forged);

        assertThat(bench.receive(forged.end())).isTrue();

        assertThat(bench.client.isAllocated()).isFalse();
        assertThat(bench.client.pollEvent()).isNull();
        bench.success(allocate, ClientBench::allocation);
        assertThat(bench.client.isAllocated()).isTrue();
    }

    @Test
    void believesNoSuccessThatIsSignedByAnother() {
        StunWriter forged = StunWriter.answer(bench.signedAllocate(), StunClass.SUCCESS);
        ClientBench.allocation(forged);
        bench.receive(forged.sign(IntegrityKey.of(new byte[] {1})).end());

        assertThat(bench.client.isAllocated()).isFalse();
    }

    /** Not obeyed, but if nothing better comes it says more than silence. */
    @Test
    void reportsAnUnsignedErrorOnlyWhenNothingBetterComes() {
        StunMessage allocate = bench.signedAllocate();
        bench.receive(StunWriter.answer(allocate, StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(ErrorCode.ALLOCATION_QUOTA_REACHED)).end());
        assertThat(bench.client.isEnded()).isFalse();

        bench.pass(ofSeconds(9));

        assertThat(bench.failure()).isEqualTo(RelayFailure.QUOTA);
    }

    @Test
    void endsNothingOnAForgedErrorToARefresh() {
        bench.allocated();
        StunMessage refresh = bench.passAlive(ofSeconds(301));
        bench.receive(StunWriter.answer(refresh, StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(ErrorCode.ALLOCATION_MISMATCH)).end());
        assertThat(bench.client.isAllocated()).isTrue();

        bench.error(refresh, ErrorCode.ALLOCATION_MISMATCH);

        assertThat(bench.failure()).isEqualTo(RelayFailure.MISMATCH);
    }

    @Test
    void asksAgainWhenOnlyTheAnswerToARefreshStaysAway() {
        bench.allocated();
        StunMessage first = bench.passAlive(ofSeconds(301));
        for (int i = 0; i < 20; i++) {
            bench.client.permit(RelayBench.address("198.51.100." + i, 1), bench.now);
            bench.success(bench.lastRequest(), writer -> { });
            bench.pass(ofSeconds(1));
        }
        StunMessage again = bench.lastRequest();

        assertThat(bench.client.isAllocated()).isTrue();
        assertThat(again.method()).isEqualTo(StunMethod.REFRESH);
        assertThat(again.transactionId()).isNotEqualTo(first.transactionId());
    }

    @Test
    void refreshesAfterFiveMinutesWhenTheRelayDoesNotTellTheLifetime() {
        bench.success(bench.signedAllocate(), writer -> writer.put(StunAttribute.XOR_RELAYED_ADDRESS, RELAYED)
                .put(StunAttribute.XOR_MAPPED_ADDRESS, LOCAL));

        assertThat(bench.passAlive(ofSeconds(269))).isNull();
        assertThat(bench.passAlive(ofSeconds(32)).method()).isEqualTo(StunMethod.REFRESH);
    }

    @Test
    void triesTheWayAfterTwentyQuietSecondsOrAsOftenAsItIsTold() {
        bench.allocated();
        bench.pass(ofMillis(19_999));
        assertThat(bench.request()).isNull();
        bench.pass(ofMillis(1));
        StunMessage probe = bench.request();
        assertThat(probe.method()).isEqualTo(StunMethod.BINDING);
        bench.success(probe, writer -> writer.put(StunAttribute.XOR_MAPPED_ADDRESS, LOCAL));

        bench.client.keepAlive(TimeUnit.SECONDS.toNanos(60));
        bench.pass(ofSeconds(59));
        assertThat(bench.request()).isNull();
        bench.pass(ofSeconds(21));
        assertThat(bench.lastRequest().method()).isEqualTo(StunMethod.BINDING);
    }

    @Test
    void takesNoAnswerTwiceAndNoneToAnotherQuestion() {
        StunMessage allocate = bench.signedAllocate();
        bench.success(allocate, ClientBench::allocation);
        assertThat(bench.success(allocate, ClientBench::allocation)).isFalse();
        StunWriter other = StunWriter.write(StunMethod.REFRESH, StunClass.SUCCESS, TransactionId.random(new SplittableRandom(9)));
        assertThat(bench.receive(other.end())).isFalse();
    }

    @Test
    void leavesBindingAnswersOfOthersToThem() {
        bench.allocated();
        ByteBuf answer = StunWriter.write(StunMethod.BINDING, StunClass.SUCCESS, TransactionId.random(new SplittableRandom(9)))
                .put(StunAttribute.XOR_MAPPED_ADDRESS, LOCAL).end();

        assertThat(bench.receive(answer)).isFalse();
    }

    @Test
    void asksTheServerWhatBecameOfItWhenItSeemsToHaveMoved() {
        bench.allocated();
        bench.pass(ofSeconds(20));
        StunMessage probe = bench.lastRequest();
        assertThat(probe.method()).isEqualTo(StunMethod.BINDING);

        bench.receive(StunWriter.answer(probe, StunClass.SUCCESS)
                .put(StunAttribute.XOR_MAPPED_ADDRESS, RelayBench.address("192.0.2.1", 1)).end());

        assertThat(bench.client.isAllocated()).isTrue();
        assertThat(bench.request().method()).isEqualTo(StunMethod.REFRESH);
    }

    /** Anybody may send one, so it is reason to ask, but not to believe anything, nor to ask all the time. */
    @Test
    void asksTheRelayWhenItIsHinted() {
        bench.allocated();
        for (int i = 0; i < 100; i++) {
            ByteBuf hint = StunWriter.write(StunMethod.BINDING, StunClass.INDICATION, new TransactionId(i, i)).end();
            assertThat(bench.receive(hint)).isTrue();
            bench.pass(ofMillis(10));
            StunMessage asked = bench.request();
            assertThat(asked != null && asked.method() == StunMethod.REFRESH).isEqualTo(i == 0);
            if (i == 0) {
                bench.success(asked, writer -> writer.put(StunAttribute.LIFETIME, 600));
            }
        }
        assertThat(bench.client.pollEvent()).isNull();
        bench.pass(ofSeconds(10));
        bench.receive(StunWriter.write(StunMethod.BINDING, StunClass.INDICATION, new TransactionId(7, 7)).end());
        assertThat(bench.lastRequest().method()).isEqualTo(StunMethod.REFRESH);
    }

    @Test
    void tellsOnceThatTheAllocationIsAboutToEnd() {
        bench.allocated();
        bench.client.check(bench.now);
        bench.success(bench.lastRequest(), writer -> writer.put(StunAttribute.LIFETIME, 600));
        assertThat(bench.client.pollEvent()).isNull();
        InetSocketAddress other = RelayBench.address("203.0.113.20", 3478);
        for (int left : new int[] {60, 40}) {
            bench.client.check(bench.now);
            bench.success(bench.lastRequest(),
                    writer -> writer.put(StunAttribute.LIFETIME, left).put(StunAttribute.ALTERNATE_SERVER, other));
        }
        assertThat(bench.client.pollEvent()).isEqualTo(new RelayEvent.Ending(ofSeconds(60).toNanos(), other));
        assertThat(bench.client.pollEvent()).isNull();
        assertThat(bench.client.isAllocated()).isTrue();
    }
}
