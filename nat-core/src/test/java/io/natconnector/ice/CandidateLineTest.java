package io.natconnector.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidateLineTest {
    @Test
    void readsWhatItWrites() {
        InetSocketAddress base = new InetSocketAddress("10.0.1.2", 40000);
        Candidate candidate = Candidate.serverReflexive(
                new InetSocketAddress("198.51.100.1", 40001), base, new InetSocketAddress("203.0.113.10", 3478), 65_535);

        assertThat(CandidateLine.parse(CandidateLine.write(candidate))).contains(candidate);
    }

    @Test
    void readsUncompressedIpv6AndUnknownExtensions() {
        Candidate candidate = CandidateLine.parse("a=candidate:2 1 UDP 2130706431 2001:db8:0:0:0:0:0:7 5000 typ host"
                + " generation 0 ufrag x network-cost 999").orElseThrow();

        assertThat(candidate.address()).isEqualTo(new InetSocketAddress("2001:db8::7", 5000));
        assertThat(candidate.type()).isEqualTo(CandidateType.HOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active",
        "candidate:1 2 udp 1 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 1 0b1c.local 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1 5000 typ wormhole",
        "candidate:1 1 udp 1 192.0.2.1 0 typ host"})
    void leavesOutWhatItCannotUse(String line) {
        assertThat(CandidateLine.parse(line)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "candidate:", "candidate:1 1 udp", "candidate:1 1 udp x 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1 70000 typ host", "candidate:1 1 udp 1 192.0.2.1 5000 type host",
        "candidate:1 0 udp 1 192.0.2.1 5000 typ host", "candidate:1 1 udp 99999999999 192.0.2.1 5000 typ host"})
    void refusesWhatIsMalformed(String line) {
        assertThatThrownBy(() -> CandidateLine.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPriorityBeyondTheRfcsIsCutSoThatPairsStayInOrder() {
        Candidate candidate = CandidateLine.parse("candidate:1 1 udp 4294967295 192.0.2.1 5000 typ host").orElseThrow();
        assertThat(candidate.priority()).isEqualTo(Integer.MAX_VALUE);
        assertThat(Priorities.pair(candidate.priority(), candidate.priority())).isPositive();
    }

    @Test
    void equalPrioritiesMakePairsAllTheSame() {
        CheckList list = new CheckList(IceSettings.DEFAULT);
        list.addBase(Candidate.host(new InetSocketAddress("192.0.2.1", 1), 65_535), IceRole.CONTROLLING);
        list.addRemote(Candidate.host(new InetSocketAddress("192.0.2.2", 1), 1), IceRole.CONTROLLING);
        list.addRemote(Candidate.host(new InetSocketAddress("192.0.2.3", 1), 1), IceRole.CONTROLLING);
        assertThat(list.pairs()).hasSize(2);
    }

    @Test
    void theListOfPairsIsBoundedAndKeepsTheBest() {
        CheckList list = new CheckList(IceSettings.DEFAULT);
        list.addBase(Candidate.host(new InetSocketAddress("192.0.2.1", 1), 65_535), IceRole.CONTROLLING);
        list.addBase(Candidate.host(new InetSocketAddress("192.0.2.2", 1), 65_534), IceRole.CONTROLLING);
        for (int port = 1; port <= 200; port++) {
            list.addRemote(Candidate.host(new InetSocketAddress("192.0.2.9", port), port), IceRole.CONTROLLING);
        }
        assertThat(list.pairs()).hasSize(100);
        assertThat(list.remotes()).hasSize(100);
        assertThat(list.pairs().get(0).remote.address().getPort()).isEqualTo(100);
    }
}
