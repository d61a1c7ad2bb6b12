package io.natconnector.portmap;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.VirtualInternet;
import io.natconnector.testkit.VirtualInternetTest;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Only the gateway may answer, and only what was asked. */
class ForgedAnswersTest {
    private static final String ADDRESS = "00000000000000000000ffff c6336401";
    /** A PCP MAP answer; nonce, protocol and internal port are to be filled in. */
    private static final String PCP = "0281 0000 00001c20 00001000 000000000000000000000000 %s %s 000000 %s 1388" + ADDRESS;

    private Home silent(VirtualInternet net) {
        Home home = new Home(net, MappingProtocol.PCP);
        home.gateway.deaf(Integer.MAX_VALUE);
        home.ask().runTo(ofSeconds(1));
        return home;
    }

    @VirtualInternetTest
    void pcpAnswersNeedTheGatewaysAddressAndPortAndOurNonceProtocolAndPort(VirtualInternet net) {
        Home home = silent(net);
        String nonce = nonceInATwinOf(net);

        home.forge("10.0.1.66", 5351, PCP.formatted(nonce, "11", "1388"));
        home.forge("10.0.1.1", 5350, PCP.formatted(nonce, "11", "1388"));
        home.forge("10.0.1.1", 5351, PCP.formatted("00112233445566778899aabb", "11", "1388"));
        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "06", "1388"));
        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "11", "1389"));
        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "11", "1388").replaceFirst("0281", "0201"));
        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "11", "1388").replaceFirst("0281", "0282"));
        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "11", "1388") + "00");
        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "11", "1388").replace(" ", "").substring(0, 96));
        assertThat(home.events).isEmpty();

        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "11", "1388"));
        assertThat(home.events).hasSize(1);
        home.forge("10.0.1.1", 5351, PCP.formatted(nonce, "11", "1388").replace("c6336401", "c6336463"));
        assertThat(home.events).as("nothing was asked").hasSize(1);
        home.close();
    }

    /** The same seed is the same nonce; there the gateway hears it. */
    private static String nonceInATwinOf(VirtualInternet net) {
        VirtualInternet twin = new VirtualInternet(net.seed());
        Home other = new Home(twin, MappingProtocol.PCP).ask();
        other.runTo(ofSeconds(1));
        String nonce = other.gateway.nonces().get(0);
        twin.close();
        return nonce;
    }

    @VirtualInternetTest
    void natPmpAnswersNeedTheGatewaysAddressAndOurPort(VirtualInternet net) {
        Home home = silent(net);
        home.forge("10.0.1.66", 5351, "0080 0000 00001000 c6336463");
        home.forge("10.0.1.1", 5351, "0081 0000 00001000 1388 1388 00001c20");
        assertThat(home.events).as("the address is asked for first").isEmpty();
        home.forge("10.0.1.1", 5351, "0080 0000 00001000 c6336401");
        home.forge("10.0.1.66", 5351, "0081 0000 00001000 1388 1388 00001c20");
        home.forge("10.0.1.1", 5351, "0081 0000 00001000 1389 1388 00001c20");
        home.forge("10.0.1.1", 5351, "0001 0000 00001000 1388 1388 00001c20");
        home.forge("10.0.1.1", 5351, "0081 0000 00001000 1388 1388");
        assertThat(home.events).isEmpty();

        home.forge("10.0.1.1", 5351, "0081 0000 00001000 1388 1388 00001c20");
        assertThat(home.events).containsExactly("1000 mapped 198.51.100.1:5000 NAT-PMP");
        home.close();
    }

    @VirtualInternetTest
    void mappingsToNowhereAreNotBelieved(VirtualInternet net) {
        Home home = silent(net);
        home.forge("10.0.1.1", 5351, "0080 0000 00001000 00000000");
        home.forge("10.0.1.1", 5351, "0081 0000 00001000 1388 1388 00001c20");

        assertThat(home.events).isEmpty();
        assertThat(home.outcomes()).contains("NAT-PMP: the gateway has no external address to give");
        home.close();
    }

    @VirtualInternetTest
    void whateverComesNothingIsThrown(VirtualInternet net) {
        SplittableRandom random = new SplittableRandom(net.seed());
        Home home = new Home(net, MappingProtocol.PCP, MappingProtocol.NAT_PMP).ask();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length > 3) {
                bytes[0] = (byte) (random.nextInt(3));
                bytes[1] = (byte) (0x80 | random.nextInt(3));
                bytes[2] = 0;
                bytes[3] = (byte) random.nextInt(4);
            }
            home.forge("10.0.1.1", random.nextBoolean() ? 5351 : 1900, HexFormat.of().formatHex(bytes));
        }
        home.runTo(ofSeconds(2000));
        assertThat(home.events).isNotEmpty();
        home.close();
    }
}
