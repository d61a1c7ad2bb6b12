package io.natconnector.portmap;

import static io.natconnector.portmap.MappingProtocol.UPNP;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.VirtualInternet;
import io.natconnector.testkit.VirtualInternetTest;
import java.net.URI;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** UPnP in virtual time; its HTTP as text. */
class UpnpMappingTest {
    private Home home(VirtualInternet net) {
        Home home = new Home(net, UPNP);
        home.gateway.silentOnUnknown();
        home.upnp = new UpnpRouter();
        return home;
    }

    @VirtualInternetTest
    void findsTheServiceAndMapsThePortForTwoHours(VirtualInternet net) {
        Home home = home(net);
        home.ask().runTo(ofSeconds(10));

        assertThat(home.calls.get(0).uri()).hasToString("http://10.0.1.1:5000/root.xml");
        assertThat(home.calls.get(1).uri()).hasToString("http://10.0.1.1:5000/ctl/IPConn");
        assertThat(home.upnp.mappings).hasToString("{5000=10.0.1.2:5000 7200}");
        assertThat(home.events).containsExactly("510 mapped 198.51.100.1:5000 UPnP");
        home.close();
    }

    @VirtualInternetTest
    void renewsAtHalfTheLeaseAndLooksEveryMinute(VirtualInternet net) {
        Home home = home(net);
        home.ask().runTo(ofSeconds(3700));

        assertThat(home.upnp.actions.stream().filter("AddPortMapping 5000"::equals)).hasSize(2);
        assertThat(home.upnp.actions.stream().filter("GetSpecificPortMappingEntry 5000"::equals)).hasSizeBetween(58, 61);
        assertThat(home.events).hasSize(1);
        home.close();
    }

    @VirtualInternetTest
    void aPortThatAnotherHasIsNotTakenAndAnotherOneIsAskedFor(VirtualInternet net) {
        Home home = home(net);
        home.upnp.mappings.put(5000, "10.0.1.77:5000 0");
        home.ask().runTo(ofSeconds(10));

        assertThat(home.upnp.mappings).hasSize(2).containsEntry(5000, "10.0.1.77:5000 0").containsValue("10.0.1.2:5000 7200");
        assertThat(home.events).hasSize(1).noneMatch(event -> event.contains(":5000 "));
        int port = home.mapper.statuses().get(2).external().getPort();
        home.runTo(ofSeconds(3700));
        assertThat(home.upnp.actions.stream().filter(("AddPortMapping " + port)::equals)).as("renewed as it is").hasSize(2);
        home.close();
        assertThat(home.upnp.mappings).hasToString("{5000=10.0.1.77:5000 0}");
    }

    @VirtualInternetTest
    void aGatewayWithPermanentLeasesOnlyGetsOneThatIsGivenBack(VirtualInternet net) {
        Home home = home(net);
        home.upnp.onlyPermanent = true;
        home.ask().runTo(ofHours(5));

        assertThat(home.upnp.mappings).hasToString("{5000=10.0.1.2:5000 0}");
        assertThat(home.upnp.actions.stream().filter("AddPortMapping 5000"::equals)).as("refused, then for ever").hasSize(2);
        home.close();
        assertThat(home.upnp.mappings).isEmpty();
    }

    @VirtualInternetTest
    void aGatewayThatForgotIsAskedAgainWithinAMinute(VirtualInternet net) {
        Home home = home(net);
        home.ask().runTo(ofSeconds(70));
        home.upnp.mappings.clear();
        home.runTo(ofSeconds(125));

        assertThat(home.upnp.mappings).hasToString("{5000=10.0.1.2:5000 7200}");
        assertThat(home.events).hasSize(1);
        home.close();
    }

    @VirtualInternetTest
    void anotherExternalAddressIsTold(VirtualInternet net) {
        Home home = home(net);
        home.ask().runTo(ofSeconds(10));
        home.upnp.externalAddress = "198.51.100.9";
        home.runTo(ofSeconds(70));

        assertThat(home.events).hasSize(3).last().asString().contains("mapped 198.51.100.9:5000");
        home.close();
    }

    @VirtualInternetTest
    void aGatewayThatNoLongerAnswersIsGivenUpAfterThreeMinutes(VirtualInternet net) {
        Home home = home(net);
        home.ask().runTo(ofSeconds(10));
        home.upnp.dead = true;
        home.runTo(ofSeconds(200));

        assertThat(home.events).hasSize(2).last().asString().contains("lost");
        home.close();
    }

    @VirtualInternetTest
    void refusalsAreReportedByNumber(VirtualInternet net) {
        Home home = home(net);
        home.upnp.refuses = 606;
        home.ask().runTo(ofSeconds(200));

        assertThat(home.events).isEmpty();
        assertThat(home.outcomes()).last().isEqualTo("UPnP: refused: 606 No");
        home.close();
    }

    @VirtualInternetTest
    void noOtherHostIsTalkedToWhateverTheDescriptionSays(VirtualInternet net) {
        Home home = home(net);
        home.upnp.controlUrl = "http://10.0.1.99:80/admin";
        home.ask().runTo(ofSeconds(10));

        assertThat(home.calls).hasSize(1);
        assertThat(home.outcomes()).last().isEqualTo("UPnP: the gateway describes no service that maps ports");
        home.close();
    }

    @VirtualInternetTest
    void answersToTheSearchCountFromTheGatewayAloneAndForItself(VirtualInternet net) {
        Home home = new Home(net);
        home.gateway.silentOnUnknown();
        home.ask();
        String good = "HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: http://%s/d.xml\r\n\r\n";
        home.forge("10.0.1.66", 1900, hex(good.formatted("10.0.1.66")));
        home.forge("10.0.1.66", 1900, hex(good.formatted("10.0.1.1")));
        home.forge("10.0.1.1", 1900, hex(good.formatted("10.0.1.66")));
        home.forge("10.0.1.1", 1900, hex(good.formatted("user@10.0.1.1")));
        home.forge("10.0.1.1", 1900, hex(good.formatted("10.0.1.1").replace("InternetGateway", "MediaRenderer")));
        home.forge("10.0.1.1", 1900, hex("HTTP/1.1 200 OK"));
        assertThat(home.calls).isEmpty();

        home.forge("10.0.1.1", 1900, hex(good.formatted("10.0.1.1")));
        assertThat(home.calls).hasSize(1);
        home.close();
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }

    @Test
    void damagedAnswersAreFailuresAndNothingIsFetchedForThem() {
        UpnpCall describe = UpnpCall.describe(URI.create("http://10.0.1.1/d.xml"));
        String bomb = "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><root><service><serviceType>&a;</serviceType>"
                + "<controlURL>/x</controlURL></service></root>";

        assertThat(describe.read(404, new byte[0])).isEqualTo(new UpnpAnswer.Failed("HTTP status 404"));
        assertThat(describe.read(200, "<root><dev".getBytes(UTF_8))).isInstanceOf(UpnpAnswer.Failed.class);
        assertThat(describe.read(200, new byte[] {0, 1, 2})).isInstanceOf(UpnpAnswer.Failed.class);
        assertThat(describe.read(200, bomb.getBytes(UTF_8))).isInstanceOfAny(UpnpAnswer.Failed.class, UpnpAnswer.Description.class)
                .asString().doesNotContain("WAN");
    }
}
