package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.code;
import static io.natconnector.relay.RelayBench.text;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Allocations that go along with their client to another address (RFC 8016), and all who would like to have somebody else's. */
@ExtendWith(NoLeaks.class)
class MobilityTest {
    private static final InetSocketAddress PEER = RelayBench.address("192.0.2.9", 7000);
    private static final byte[] NO_TICKET = {};

    private final RelayBench bench = new RelayBench(config -> config.mobility(true).quotas(2, 2, 10));
    private final RelayBench.Asker home = bench.asker("198.51.100.20");
    private final RelayBench.Asker away = bench.asker("198.51.100.130");
    private byte[] ticket;

    @AfterEach
    void close() {
        bench.close();
    }

    private void allocate() {
        StunMessage answer = home.allocate(writer -> writer.putBytes(StunAttribute.MOBILITY_TICKET, NO_TICKET));
        assertThat(code(answer)).isZero();
        ticket = answer.bytes(StunAttribute.MOBILITY_TICKET);
        assertThat(ticket).hasSize(16);
        home.bind(0x4000, PEER);
    }

    private static StunMessage show(RelayBench.Asker asker, byte[] ticket) {
        return asker.ask(StunMethod.REFRESH, writer -> writer.putBytes(StunAttribute.MOBILITY_TICKET, ticket));
    }

    private List<Datagram> fromPeer() {
        return bench.deliver(PEER, home.relayed, text("hello"));
    }

    @Test
    void isForbiddenUnlessTheOperatorAllowsIt() {
        try (RelayBench plain = new RelayBench()) {
            RelayBench.Asker asker = plain.asker("198.51.100.20");
            assertThat(code(asker.allocate(writer -> writer.putBytes(StunAttribute.MOBILITY_TICKET, NO_TICKET))))
                    .isEqualTo(ErrorCode.MOBILITY_FORBIDDEN);
            asker.allocated();
            assertThat(code(show(plain.asker("198.51.100.130"), new byte[16]))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        }
    }

    @Test
    void goesAlongWithWhoShowsItsTicket() {
        allocate();
        StunMessage answer = show(away, ticket);
        assertThat(code(answer)).isZero();
        assertThat(answer.get(StunAttribute.LIFETIME)).isEqualTo(600);
        assertThat(answer.bytes(StunAttribute.MOBILITY_TICKET)).hasSize(16).isNotEqualTo(ticket);

        assertThat(fromPeer()).as("until it is heard of there").extracting(Datagram::to).containsExactly(home.address);
        assertThat(away.sendOn(0x4000, "I am here now")).extracting(Datagram::to).containsExactly(PEER);
        assertThat(fromPeer()).extracting(Datagram::to).containsExactly(away.address);
        assertThat(home.sendOn(0x4000, "from the old address")).isEmpty();
        assertThat(code(home.refresh(600))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        assertThat(code(away.refresh(0))).isZero();
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void answersTheSameRequestOnceMoreTheSame() {
        allocate();
        RelayBench.Asker third = bench.asker("198.51.100.131").login();
        ByteBuf request = third.request(StunMethod.REFRESH, writer -> writer.putBytes(StunAttribute.MOBILITY_TICKET, ticket));

        StunMessage first = third.raw(request.copy());
        StunMessage again = third.raw(request);
        assertThat(code(first)).isZero();
        assertThat(again.bytes(StunAttribute.MOBILITY_TICKET)).isEqualTo(first.bytes(StunAttribute.MOBILITY_TICKET));
        StunMessage inAnotherTransaction = show(third, ticket);
        assertThat(inAnotherTransaction.bytes(StunAttribute.MOBILITY_TICKET)).isEqualTo(first.bytes(StunAttribute.MOBILITY_TICKET));
    }

    @Test
    void refusesATicketOfNobodyAndOneWithoutNeed() {
        allocate();
        assertThat(code(show(away, new byte[16]))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(show(away, NO_TICKET))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(show(home, ticket))).as("it has not moved").isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(bench.asker("198.51.100.21").allocate(writer -> writer.putBytes(StunAttribute.MOBILITY_TICKET, ticket))))
                .isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void isForItsOwnerAlone() {
        allocate();
        RelayBench.Asker bob = bench.asker("198.51.100.130", 5000, "bob", "hidden");
        assertThat(code(show(bob, ticket))).isEqualTo(ErrorCode.WRONG_CREDENTIALS);
        assertThat(bob.sendOn(0x4000, "mine?")).isEmpty();
        assertThat(fromPeer()).extracting(Datagram::to).containsExactly(home.address);
    }

    @Test
    void isWorthNothingWithoutCredentials() {
        allocate();
        RelayBench.Asker thief = bench.asker("198.51.100.130", 5000, "alice", "guess");
        assertThat(code(show(thief, ticket))).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(fromPeer()).extracting(Datagram::to).containsExactly(home.address);
    }

    /** Who moves on before anything came from where he was about to go is let go there no more. */
    @Test
    void movesToOnePlaceAtATime() {
        allocate();
        byte[] second = show(away, ticket).bytes(StunAttribute.MOBILITY_TICKET);
        RelayBench.Asker further = bench.asker("198.51.100.140");
        assertThat(code(show(further, second))).isZero();

        assertThat(away.sendOn(0x4000, "from where it is not any more")).isEmpty();
        assertThat(code(show(away, ticket))).as("a ticket is good for one move").isEqualTo(ErrorCode.BAD_REQUEST);
        further.sendOn(0x4000, "here");
        assertThat(fromPeer()).extracting(Datagram::to).containsExactly(further.address);
    }

    /** The answer with the second ticket may be lost together with the address that it was sent to. */
    @Test
    void acceptsTheTicketOnceMoreWhileTheMoveIsNotDone() {
        allocate();
        show(away, ticket);
        RelayBench.Asker further = bench.asker("198.51.100.140");
        assertThat(code(show(further, ticket))).isZero();
    }

    @Test
    void keepsItsPlaceInTheQuotasAllTheTime() {
        allocate();
        show(away, ticket);
        away.sendOn(0x4000, "here");
        bench.asker("198.51.100.150").allocated();
        assertThat(code(bench.asker("198.51.100.151").allocate())).as("two of alice").isEqualTo(ErrorCode.ALLOCATION_QUOTA_REACHED);
        away.refresh(0);
        assertThat(code(bench.asker("198.51.100.151").allocate())).isZero();
    }

    @Test
    void findsNoPlaceInANetworkThatIsFull() {
        allocate();
        bench.asker("198.51.100.130", 1, "bob", "hidden").allocated();
        bench.asker("198.51.100.130", 2, "bob", "hidden").allocated();
        assertThat(code(show(away, ticket))).isEqualTo(ErrorCode.ALLOCATION_QUOTA_REACHED);
        assertThat(fromPeer()).extracting(Datagram::to).containsExactly(home.address);
    }

    @Test
    void leavesNothingBehindThatNeverArrives() {
        allocate();
        show(away, ticket);
        bench.pass(ofSeconds(601));
        assertThat(bench.server.remains()).isZero();
    }

    /** Our own client, whose phone leaves one network for another in the middle of a call. */
    @Test
    void carriesOurClientFromOneNetworkToAnother() {
        try (RelayStage stage = new RelayStage(3, config -> config.mobility(true))) {
            stage.peer.echo();
            RelayStage.Client client = stage.client("client", "198.51.100.20", AllocateOptions.DEFAULT.withMobility(true)).start();
            stage.net.runFor(ofSeconds(1));
            client.bind(stage.peer.address());
            stage.net.runFor(ofMillis(100));
            InetSocketAddress relayed = client.machine.relayed();
            Nat cellular = stage.net.nat("cellular", "198.51.100.99").profile(NatProfile.PORT_RESTRICTED);
            cellular.uplink().delay(ofMillis(30));

            client.host.rehost(cellular, "10.0.0.5");
            client.move(5001);
            stage.net.runFor(ofMillis(300));
            client.send(stage.peer.address(), "still me");
            stage.net.runFor(ofMillis(300));

            assertThat(client.events).hasSize(2).last().isEqualTo(new RelayEvent.Moved(client.host.endpoint(5001)));
            assertThat(client.received).containsExactly("still me from 7000");
            assertThat(client.machine.relayed()).isEqualTo(relayed);
            assertThat(stage.server.statistics().activeAllocations()).isEqualTo(1);
            stage.net.runFor(ofSeconds(3600));
            assertThat(client.machine.isAllocated()).isTrue();
        }
    }

    @Test
    void ourClientDoesWithoutWhereItIsForbidden() {
        try (RelayStage stage = new RelayStage(4)) {
            RelayStage.Client client = stage.client("client", "198.51.100.20", AllocateOptions.DEFAULT.withMobility(true)).start();
            stage.net.runFor(ofSeconds(1));
            assertThat(client.machine.isAllocated()).isTrue();
            assertThat(client.machine.move(client.host.endpoint(5001), stage.net.now())).isFalse();
        }
    }
}
