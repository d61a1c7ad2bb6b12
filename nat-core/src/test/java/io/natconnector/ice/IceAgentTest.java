package io.natconnector.ice;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.testkit.VirtualInternet;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two agents on the open internet, 25 ms from the core each: 100 ms from the one to the other and back. */
class IceAgentTest {
    private final VirtualInternet net = new VirtualInternet(1);
    private final VirtualAgent alice = agent("alice", "192.0.2.1", IceRole.CONTROLLING);
    private final VirtualAgent bob = agent("bob", "192.0.2.2", IceRole.CONTROLLED);

    private VirtualAgent agent(String name, String address, IceRole role) {
        var host = net.host(name, address);
        host.uplink().delay(ofMillis(25));
        return new VirtualAgent(net, host, role);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private boolean bothConnected() {
        return alice.isConnected() && bob.isConnected();
    }

    private boolean bothAgreed() {
        return alice.isAgreed() && bob.isAgreed();
    }

    @Test
    void isUsableAfterOneRoundTripAndNominatedAfterTwo() {
        alice.knowsAll(bob);
        bob.knowsAll(alice);

        assertThat(net.runUntil(this::bothAgreed, ofSeconds(5))).isTrue();

        assertThat(alice.at(IceEvent.Selected.class)).isEqualTo(100);
        assertThat(bob.at(IceEvent.Selected.class)).isEqualTo(100);
        assertThat(bob.at(IceEvent.Nominated.class)).isEqualTo(150);
        assertThat(alice.at(IceEvent.Nominated.class)).isEqualTo(200);
    }

    @Test
    void aRoleConflictCostsNoRetransmissionTimeout() {
        bob.mutate(() -> bob.agent.role(IceRole.CONTROLLING));
        alice.knowsAll(bob);
        bob.knowsAll(alice);

        assertThat(net.runUntil(this::bothAgreed, ofSeconds(5))).isTrue();

        assertThat(alice.agent.role()).isNotEqualTo(bob.agent.role());
        // The one who keeps its role is answered at once; the other resends at once when it is told.
        assertThat(Math.max(alice.at(IceEvent.Selected.class), bob.at(IceEvent.Selected.class))).isLessThanOrEqualTo(150);
    }

    @Test
    void twoControlledAgentsAgreeToo() {
        alice.mutate(() -> alice.agent.role(IceRole.CONTROLLED));
        alice.knowsAll(bob);
        bob.knowsAll(alice);

        assertThat(net.runUntil(this::bothAgreed, ofSeconds(5))).isTrue();
        assertThat(alice.agent.role()).isNotEqualTo(bob.agent.role());
    }

    @Test
    void aCheckThatComesBeforeTheCandidatesIsAnsweredAndFollowed() {
        alice.knowsAll(bob);
        bob.knowsCredentialsOf(alice, false);

        assertThat(net.runUntil(this::bothConnected, ofSeconds(5))).isTrue();

        assertThat(bob.agent.selected().remote().type()).isEqualTo(CandidateType.PEER_REFLEXIVE);
        bob.knowsAddressOf(alice);
        assertThat(bob.agent.selected().remote().type()).as("what the peer says it is").isEqualTo(CandidateType.HOST);
    }

    @Test
    void aCheckThatComesBeforeTheCredentialsIsAnsweredAndFollowedOnceTheyAreHere() {
        alice.knowsAll(bob);
        net.runFor(ofMillis(60));
        net.after(ofMillis(140), () -> bob.knowsAll(alice));

        assertThat(net.runUntil(this::bothConnected, ofSeconds(5))).isTrue();

        assertThat(alice.at(IceEvent.Selected.class)).isEqualTo(100);
        assertThat(bob.at(IceEvent.Selected.class)).isEqualTo(300);
    }

    @Test
    void aHostPairThatGoesNowhereDoesNotDelayNomination() {
        // a better address of bob's that nobody answers at
        alice.knows(Candidate.host(new InetSocketAddress("192.0.2.99", 5000), 65_535));
        alice.knowsCredentialsOf(bob, false);
        alice.knows(new Candidate("s", Priorities.candidate(CandidateType.SERVER_REFLEXIVE, 65_535), bob.socket,
                CandidateType.SERVER_REFLEXIVE, bob.socket));
        bob.knowsAll(alice);

        assertThat(net.runUntil(this::bothAgreed, ofSeconds(5))).isTrue();

        assertThat(alice.at(IceEvent.Selected.class)).isLessThanOrEqualTo(105);
        assertThat(alice.at(IceEvent.Nominated.class)).isLessThanOrEqualTo(205);
    }

    @Test
    void aLostFirstCheckCostsTwentyMilliseconds() {
        alice.host.uplink().cut();
        alice.knowsAll(bob);
        net.after(ofMillis(1), () -> alice.host.uplink().restore());

        net.runUntil(alice::isConnected, ofSeconds(5));
        assertThat(alice.at(IceEvent.Selected.class)).isEqualTo(120);
    }

    @Test
    void aFullAgentConnectsToALiteOne() {
        LiteAgent lite = new LiteAgent(IceParameters.random(net.random("lite")));
        var host = net.host("lite", "192.0.2.3");
        InetSocketAddress address = host.bind(lite, 5000);
        bob.mutate(() -> bob.agent.remote(new RemoteSide(lite.parameters, true, false, false), net.now()));
        bob.knows(Candidate.host(address, 1));

        assertThat(net.runUntil(bob::isAgreed, ofSeconds(5))).isTrue();
        assertThat(bob.agent.role()).as("a full agent controls a lite one").isEqualTo(IceRole.CONTROLLING);
        assertThat(lite.nominated).isTrue();
    }

    @Test
    void aPeerThatAnswersOnTheAgreedPairOnlyKeepsItsConnection() {
        // as ice4j does three seconds after it has completed: no other pair is answered, no other nomination heard
        LiteAgent peer = new LiteAgent(IceParameters.random(net.random("lite")));
        var host = net.host("peer", "192.0.2.3");
        InetSocketAddress good = host.bind(peer, 5000);
        InetSocketAddress better = host.bind(peer, 5001);
        bob.mutate(() -> bob.agent.remote(new RemoteSide(peer.parameters, true, false, false), net.now()));
        bob.knows(new Candidate("g", 1000, good, CandidateType.HOST, good));
        assertThat(net.runUntil(bob::isAgreed, ofSeconds(5))).isTrue();
        peer.answersOnlyAt = good;
        bob.knows(new Candidate("b", 2000, better, CandidateType.HOST, better));

        net.runFor(ofSeconds(120));
        assertThat(bob.agent.selected().to()).isEqualTo(good);
        assertThat(bob.events).noneMatch(event -> event instanceof IceEvent.Lost);
    }

    /** Answers checks and sends none (RFC 8445, section 2.5). */
    private static final class LiteAgent implements io.natconnector.stun.Machine {
        final IceParameters parameters;
        boolean nominated;
        InetSocketAddress answersOnlyAt;
        private Datagram answer;

        LiteAgent(IceParameters parameters) {
            this.parameters = parameters;
        }

        @Override
        public boolean receive(Datagram datagram, long now) {
            StunMessage request = StunMessage.parse(datagram.payload());
            IntegrityKey key = IntegrityKey.shortTerm(parameters.pwd());
            if (!request.verify(key) || answersOnlyAt != null && !answersOnlyAt.equals(datagram.to())) {
                return false;
            }
            nominated |= request.has(StunAttribute.USE_CANDIDATE);
            answer = datagram.reply(new CheckMessages(0, null).success(request, 0, datagram.from(), key));
            return true;
        }

        @Override
        public void handleTimeout(long now) { }

        @Override
        public long nextTimeout() {
            return NEVER;
        }

        @Override
        public Datagram pollTransmit() {
            Datagram next = answer;
            answer = null;
            return next;
        }
    }

    @Test
    void consentEndsThirtySecondsAfterTheLastAnswer() {
        alice.knowsAll(bob);
        bob.knowsAll(alice);
        net.runUntil(this::bothAgreed, ofSeconds(5));
        net.runFor(ofSeconds(60));
        assertThat(bothConnected()).as("consent is renewed").isTrue();

        long cutAt = net.now();
        bob.host.uplink().cut();
        assertThat(net.runUntil(() -> !alice.isConnected(), ofSeconds(60))).isTrue();

        assertThat((net.now() - cutAt) / 1e9).isBetween(24.0, 30.0);
        assertThat(alice.events.get(alice.events.size() - 1)).isInstanceOf(IceEvent.Lost.class);
    }

    @Test
    void keepsAnIdleConnectionAliveWithAFewPackets() {
        alice.knowsAll(bob);
        bob.knowsAll(alice);
        net.runUntil(this::bothAgreed, ofSeconds(5));
        int before = alice.agent.report().pairs().get(0).checksSent();
        net.runFor(ofSeconds(600));
        assertThat(alice.agent.report().pairs().get(0).checksSent() - before).isBetween(100, 150);
    }

    @Test
    void aForgedCheckChangesNothing() {
        bob.knowsCredentialsOf(alice, false);
        String username = bob.agent.localParameters().ufrag() + ":" + alice.agent.localParameters().ufrag();
        ByteBuf forged = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TransactionId.random(RandomGenerator.getDefault()))
                .put(StunAttribute.USERNAME, username).put(StunAttribute.PRIORITY, 1)
                .sign(IntegrityKey.shortTerm("not bob's password 1234")).fingerprint();
        var stranger = net.host("stranger", "192.0.2.66").socket(666);
        stranger.send(bob.socket, forged);
        net.runFor(ofSeconds(1));

        assertThat(bob.agent.report().pairs()).isEmpty();
        assertThat(bob.agent.report().counters().unauthenticated()).isEqualTo(1);
        assertThat(stranger.hasReceived()).as("strangers get no answer").isFalse();
    }

    @Test
    void aCheckWithAnUnknownRequiredAttributeIsRefusedByName() {
        bob.knowsCredentialsOf(alice, false);
        IntegrityKey key = IntegrityKey.shortTerm(bob.agent.localParameters().pwd());
        String username = bob.agent.localParameters().ufrag() + ":" + alice.agent.localParameters().ufrag();
        ByteBuf check = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, new TransactionId(1, 2))
                .put(StunAttribute.USERNAME, username).end();
        check.writeShort(0x7001).writeShort(0);
        check.setShort(2, check.readableBytes() - 20);
        ByteBuf signed = Signing.sign(check, key);
        var socket = net.host("odd", "192.0.2.77").socket(77);
        socket.send(bob.socket, signed);
        net.runFor(ofSeconds(1));

        StunMessage answer = StunMessage.parse(io.netty.buffer.Unpooled.wrappedBuffer(socket.receive().bytes()));
        assertThat(answer.get(StunAttribute.ERROR_CODE).code()).isEqualTo(420);
        assertThat(answer.get(StunAttribute.UNKNOWN_ATTRIBUTES)).containsExactly(0x7001);
    }

    @Test
    void nominationMovesToABetterPairThatComesLater() {
        Candidate relayLike = new Candidate("r", 1000, bob.socket, CandidateType.RELAYED, bob.socket);
        alice.knowsCredentialsOf(bob, false).knows(relayLike);
        bob.knowsCredentialsOf(alice, false);
        assertThat(net.runUntil(this::bothAgreed, ofSeconds(5))).isTrue();

        InetSocketAddress second = bob.host.bind(bob.agent, 5001);
        bob.mutate(() -> bob.agent.addLocal(Candidate.host(second, 65_000), net.now()));
        alice.knows(Candidate.host(second, 65_000));
        net.runFor(ofSeconds(2));

        assertThat(alice.agent.selected().to()).isEqualTo(second);
        assertThat(bob.agent.selected().from()).isEqualTo(second);
    }
}
