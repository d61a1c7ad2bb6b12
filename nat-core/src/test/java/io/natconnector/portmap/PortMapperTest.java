package io.natconnector.portmap;

import static io.natconnector.portmap.MappingProtocol.NAT_PMP;
import static io.natconnector.portmap.MappingProtocol.PCP;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.VirtualInternet;
import io.natconnector.testkit.VirtualInternetTest;
import java.net.InetSocketAddress;
import java.util.Map;

/** PCP and NAT-PMP against a gateway that does as the RFCs say, or does not. */
class PortMapperTest {
    private static final InetSocketAddress OUTSIDE = new InetSocketAddress("198.51.100.1", 5000);

    @VirtualInternetTest
    void prefersPcpWhereTheGatewaySpeaksBothAndAsksForOneMappingOnly(VirtualInternet net) {
        Home home = new Home(net, PCP, NAT_PMP).ask();
        home.runTo(ofSeconds(10));

        assertThat(home.events).containsExactly("0 mapped 198.51.100.1:5000 PCP");
        assertThat(home.gateway.asked("PMP MAP")).isEmpty();
        assertThat(home.nat.mapped()).containsOnly(Map.entry(OUTSIDE, Home.ALICE));
        assertThat(home.outcomes()).containsExactly("PCP: port 5000", "NAT-PMP: not needed", "UPnP: not needed");
        home.close();
    }

    @VirtualInternetTest
    void usesNatPmpAtOnceWhereTheGatewaySaysThatItDoesNotSpeakPcp(VirtualInternet net) {
        Home home = new Home(net, NAT_PMP).ask();
        home.runTo(ofSeconds(10));

        assertThat(home.events).containsExactly("0 mapped 198.51.100.1:5000 NAT-PMP");
        assertThat(home.outcomes()).startsWith("PCP: not supported, it speaks version 0");
        home.close();
    }

    @VirtualInternetTest
    void givesPcpAQuarterOfASecondWhereTheGatewaySaysNothingToIt(VirtualInternet net) {
        Home home = new Home(net, NAT_PMP);
        home.gateway.silentOnUnknown();
        home.ask().runTo(ofMinutes(5));

        assertThat(home.events).containsExactly("250 mapped 198.51.100.1:5000 NAT-PMP");
        home.close();
    }

    @VirtualInternetTest
    void asksASilentGatewayNineTimesWithDoublingPausesAndAgainAfterTenMinutes(VirtualInternet net) {
        Home home = new Home(net);
        home.gateway.silentOnUnknown();
        home.ask().runTo(ofSeconds(700));

        assertThat(home.gateway.asked("PCP MAP")).extracting(asked -> asked.split(" ")[0])
                .containsExactly("0", "250", "750", "1750", "3750", "7750", "15750", "31750", "63750");
        assertThat(home.gateway.asked("PMP ADDRESS")).hasSize(9);
        assertThat(home.gateway.asked("SEARCH")).extracting(asked -> asked.split(" ")[0]).containsExactly("0", "1000", "3000");
        assertThat(home.events).isEmpty();
        assertThat(home.outcomes()).containsExactly("PCP: no answer", "NAT-PMP: no answer", "UPnP: no answer");

        home.gateway.forgetWhatWasAsked();
        home.gateway.speak(PCP, true);
        home.runTo(ofSeconds(730));                           // 127.75 s and 10 min
        assertThat(home.events).containsExactly("727750 mapped 198.51.100.1:5000 PCP");
        home.close();
    }

    @VirtualInternetTest
    void renewsAtHalfTheLifetimeWithTheSameNonceAndPorts(VirtualInternet net) {
        Home home = new Home(net, PCP);
        home.gateway.portOffset(1000);
        home.ask().runTo(ofSeconds(14_401));

        assertThat(home.gateway.asked("PCP MAP")).containsExactly("0 PCP MAP 7200", "3600000 PCP MAP 7200",
                "7200000 PCP MAP 7200", "10800000 PCP MAP 7200", "14400000 PCP MAP 7200");
        assertThat(home.gateway.nonces()).hasSize(5).containsOnly(home.gateway.nonces().get(0));
        assertThat(home.gateway.internalPorts()).containsOnly(5000);
        assertThat(home.gateway.suggestedPorts()).containsExactly(5000, 6000, 6000, 6000, 6000);
        assertThat(home.events).as("nothing new at renewals").containsExactly("0 mapped 198.51.100.1:6000 PCP");
        home.close();
    }

    @VirtualInternetTest
    void renewsANatPmpMappingAtHalfWhatTheGatewayGrants(VirtualInternet net) {
        Home home = new Home(net, NAT_PMP);
        home.gateway.grants(1000).portOffset(1000);
        home.ask().runTo(ofSeconds(1600));

        assertThat(home.gateway.asked("PMP MAP")).containsExactly("0 PMP MAP 7200", "500000 PMP MAP 7200",
                "1000000 PMP MAP 7200", "1500000 PMP MAP 7200");
        assertThat(home.gateway.internalPorts()).containsOnly(5000);
        assertThat(home.gateway.suggestedPorts()).containsExactly(5000, 6000, 6000, 6000);
        assertThat(home.events).containsExactly("0 mapped 198.51.100.1:6000 NAT-PMP");
        home.close();
    }

    @VirtualInternetTest
    void looksOnceAMinuteWhetherTheGatewayIsStillThere(VirtualInternet net) {
        Home home = new Home(net, PCP).ask();
        home.runTo(ofSeconds(250));

        assertThat(home.gateway.asked("PCP ANNOUNCE")).containsExactly("60000 PCP ANNOUNCE", "120000 PCP ANNOUNCE",
                "180000 PCP ANNOUNCE", "240000 PCP ANNOUNCE");
        home.close();
    }

    @VirtualInternetTest
    void aRebootedGatewayIsAskedAnewWithinAMinuteAndNobodyIsTold(VirtualInternet net) {
        for (MappingProtocol protocol : new MappingProtocol[] {PCP, NAT_PMP}) {
            VirtualInternet street = new VirtualInternet(7);
            Home home = new Home(street, protocol).ask();
            street.at(ofSeconds(100), () -> home.gateway.reboot(street.now()));
            home.runTo(ofSeconds(119));
            assertThat(home.nat.mapped()).isEmpty();

            home.runTo(ofSeconds(121));
            assertThat(home.nat.mapped()).containsOnly(Map.entry(OUTSIDE, Home.ALICE));
            assertThat(home.gateway.asked(protocol == PCP ? "PCP MAP" : "PMP MAP")).hasSize(2).last().asString()
                    .startsWith("120000");
            assertThat(home.gateway.nonces()).allMatch(home.gateway.nonces().isEmpty() ? nonce -> true
                    : home.gateway.nonces().get(0)::equals);
            assertThat(home.events).hasSize(1);
            home.close();
            street.close();
        }
    }

    @VirtualInternetTest
    void aGatewaysClockMayRunASixteenthSlowButNotMore(VirtualInternet net) {
        Home home = new Home(net, PCP).ask();
        home.gateway.lag(3);
        home.runTo(ofSeconds(61));
        assertThat(home.gateway.asked("PCP MAP")).hasSize(1);

        home.gateway.lag(3 + 8);
        home.runTo(ofSeconds(121));
        assertThat(home.gateway.asked("PCP MAP")).hasSize(2);
        home.close();
    }

    @VirtualInternetTest
    void anotherExternalAddressIsToldWithinAMinuteByNatPmp(VirtualInternet net) {
        Home home = new Home(net, NAT_PMP).ask();
        net.at(ofSeconds(70), () -> home.nat.readdress("198.51.100.9"));
        home.runTo(ofSeconds(130));

        assertThat(home.events).containsExactly("0 mapped 198.51.100.1:5000 NAT-PMP", "120000 lost 198.51.100.1:5000 NAT-PMP",
                "120000 mapped 198.51.100.9:5000 NAT-PMP");
        home.close();
    }

    @VirtualInternetTest
    void lostRenewalsAreTriedAgainAndNothingIsLost(VirtualInternet net) {
        Home home = new Home(net, PCP).ask();
        home.runTo(ofSeconds(3599));
        home.gateway.deaf(9);                                 // a whole volley
        home.runTo(ofSeconds(7201));

        assertThat(home.events).hasSize(1);
        assertThat(home.gateway.asked("PCP MAP").stream().filter(asked -> asked.startsWith("36"))).hasSize(9);
        assertThat(home.gateway.asked("PCP MAP").get(10)).as("half of what was left after 3727.75 s").startsWith("5463875 ");
        home.close();
    }

    @VirtualInternetTest
    void aGatewayThatFallsSilentForThreeMinutesIsGivenUpAndFoundAgain(VirtualInternet net) {
        Home home = new Home(net, PCP).ask();
        net.at(ofSeconds(90), () -> home.gateway.deaf(12));
        home.runTo(ofSeconds(300));

        assertThat(home.events).containsExactly("0 mapped 198.51.100.1:5000 PCP", "251250 lost 198.51.100.1:5000 PCP",
                "281250 mapped 198.51.100.1:5000 PCP");
        assertThat(home.gateway.nonces()).as("or the gateway would refuse").containsOnly(home.gateway.nonces().get(0));
        home.close();
    }

    @VirtualInternetTest
    void aMappingThatEndsWhileTheHostSleepsIsAskedForAgainOnWakingUp(VirtualInternet net) {
        Home home = new Home(net, PCP).ask();
        home.runTo(ofSeconds(100));
        home.alice.sleep();
        home.runTo(ofHours(3));
        home.alice.wake();
        net.runFor(ofSeconds(1));

        assertThat(home.events).hasSize(3).last().isEqualTo("10800000 mapped 198.51.100.1:5000 PCP");
        home.close();
    }

    @VirtualInternetTest
    void refusalsAreReportedAndTheNextProtocolIsAsked(VirtualInternet net) {
        Home home = new Home(net, PCP, NAT_PMP);
        home.gateway.refuses(2);
        home.ask().runTo(ofSeconds(10));

        assertThat(home.events).isEmpty();
        assertThat(home.outcomes()).containsExactly("PCP: refused: not authorized", "NAT-PMP: refused: not authorized",
                "UPnP: no answer");
        home.gateway.refuses(0);
        home.runTo(ofSeconds(599));
        assertThat(home.events).isEmpty();
        home.runTo(ofSeconds(607));
        assertThat(home.events).containsExactly("606000 mapped 198.51.100.1:5000 PCP");
        home.close();
    }

    @VirtualInternetTest
    void whatPassesByItselfIsTriedAgainAfterHalfAMinute(VirtualInternet net) {
        Home home = new Home(net, PCP);
        home.gateway.refuses(7);                              // NETWORK_FAILURE
        home.ask().runTo(ofSeconds(10));
        home.gateway.refuses(0);
        home.runTo(ofSeconds(40));

        assertThat(home.events).containsExactly("36000 mapped 198.51.100.1:5000 PCP");
        home.close();
    }

    @VirtualInternetTest
    void aRefusedRenewalOfAPassingKindLetsTheMappingLive(VirtualInternet net) {
        Home home = new Home(net, PCP).ask();
        home.runTo(ofSeconds(3599));
        home.gateway.refuses(8);                              // NO_RESOURCES
        home.runTo(ofSeconds(3601));
        home.gateway.refuses(0);
        home.runTo(ofHours(2));

        assertThat(home.gateway.asked("PCP MAP")).extracting(asked -> asked.split(" ")[0])
                .containsExactly("0", "3600000", "5400000");
        assertThat(home.events).hasSize(1);
        home.close();
    }

    @VirtualInternetTest
    void closingGivesThePortBack(VirtualInternet net) {
        for (MappingProtocol protocol : new MappingProtocol[] {PCP, NAT_PMP}) {
            VirtualInternet street = new VirtualInternet(7);
            Home home = new Home(street, protocol).ask();
            home.runTo(ofSeconds(10));
            assertThat(home.nat.mapped()).hasSize(1);
            home.close();

            assertThat(home.nat.mapped()).isEmpty();
            assertThat(home.gateway.asked(protocol == PCP ? "PCP MAP" : "PMP MAP")).last().asString().endsWith(" MAP 0");
            assertThat(home.gateway.suggestedPorts()).last().isEqualTo(0);
            assertThat(home.events).last().asString().contains("lost");
            assertThat(home.mapper.nextTimeout()).isEqualTo(PortMapper.NEVER);
            street.close();
        }
    }

    @VirtualInternetTest
    void aSocketThatIsGoneSaysNothingMore(VirtualInternet net) {
        Home home = new Home(net, PCP).ask();
        home.runTo(ofSeconds(10));
        home.gateway.forgetWhatWasAsked();
        home.alice.mutate(home.mapper, now -> home.mapper.remove(Home.ALICE, now));
        home.runTo(ofHours(3));

        assertThat(home.gateway.asked()).isEmpty();
        assertThat(home.events).hasSize(2).last().asString().contains("lost");
    }

    @VirtualInternetTest
    void pcpThatAnswersLateTakesOverAndTheSharedPortIsNotGivenBack(VirtualInternet net) {
        Home home = new Home(net, NAT_PMP);
        home.gateway.silentOnUnknown().handsOver();
        net.at(ofMillis(500), () -> home.gateway.speak(PCP, true));
        home.ask().runTo(ofSeconds(10));

        assertThat(home.events).as("the port is the same").containsExactly("250 mapped 198.51.100.1:5000 NAT-PMP");
        assertThat(home.outcomes()).startsWith("PCP: port 5000", "NAT-PMP: not needed");
        assertThat(home.gateway.asked("PMP MAP")).containsExactly("250 PMP MAP 7200");
        home.close();
        assertThat(home.nat.mapped()).isEmpty();
    }

    @VirtualInternetTest
    void natPmpsMappingStaysWherePcpAnswersLateAndRefuses(VirtualInternet net) {
        Home home = new Home(net, NAT_PMP);
        home.gateway.silentOnUnknown();
        net.at(ofMillis(500), () -> home.gateway.speak(PCP, true));
        home.ask().runTo(ofSeconds(10));

        assertThat(home.events).containsExactly("250 mapped 198.51.100.1:5000 NAT-PMP");
        assertThat(home.outcomes()).startsWith("PCP: refused: not authorized", "NAT-PMP: port 5000");
        home.close();
    }
}
