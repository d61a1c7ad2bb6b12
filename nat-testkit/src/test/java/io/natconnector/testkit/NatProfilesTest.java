package io.natconnector.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(VirtualInternetExtension.class)
class NatProfilesTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "open,           EIM/EIF preserving",
        "cone,           EIM/EIF preserving",
        "restricted,     EIM/ADF preserving",
        "portres,        EIM/APDF preserving",
        "portres_random, EIM/APDF random",
        "sym_seq,        APDM/APDF sequential[1]",
        "sym_rand,       APDM/APDF random",
        "cgnat,          EIM/APDF random hairpin",
        "cgnat_sym,      APDM/APDF random",
        "udpblocked,     blocked/blocked blocked",
        "linux_raw,      EIM/APDF preserving",
    })
    void eachProfileIsSeenFromOutsideAsItsNameSays(String name, String expected, VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.named(name), NatProfile.OPEN);

        assertThat(new Prober(net, peers.stun()).classify(peers.alice())).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} mapping, {1} filtering")
    @CsvSource({
        "ENDPOINT_INDEPENDENT,       ENDPOINT_INDEPENDENT,       EIM/EIF",
        "ENDPOINT_INDEPENDENT,       ADDRESS_DEPENDENT,          EIM/ADF",
        "ENDPOINT_INDEPENDENT,       ADDRESS_AND_PORT_DEPENDENT, EIM/APDF",
        "ADDRESS_DEPENDENT,          ENDPOINT_INDEPENDENT,       ADM/EIF",
        "ADDRESS_DEPENDENT,          ADDRESS_DEPENDENT,          ADM/ADF",
        "ADDRESS_DEPENDENT,          ADDRESS_AND_PORT_DEPENDENT, ADM/APDF",
        "ADDRESS_AND_PORT_DEPENDENT, ENDPOINT_INDEPENDENT,       APDM/EIF",
        "ADDRESS_AND_PORT_DEPENDENT, ADDRESS_DEPENDENT,          APDM/ADF",
        "ADDRESS_AND_PORT_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, APDM/APDF",
    })
    void mappingAndFilteringAreIndependentOfEachOther(Behavior mapping, Behavior filtering, String expected, VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.of("any", mapping, filtering, PortAllocation.RANDOM), NatProfile.OPEN);
        Prober prober = new Prober(net, peers.stun());

        assertThat(prober.mapping(peers.alice()) + "/" + prober.filtering(peers.alice())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "-3", "8"})
    void sequentialPortsGoByTheirStride(int stride, VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.SYMMETRIC_SEQUENTIAL.withPorts(PortAllocation.sequential(stride)),
                NatProfile.OPEN);

        assertThat(new Prober(net, peers.stun()).ports(peers.alice())).isEqualTo("sequential[" + stride + "]");
    }

    @VirtualInternetTest
    void hairpinningIsSeenWhereItIsOn(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED.withHairpin(true), NatProfile.OPEN);

        assertThat(new Prober(net, peers.stun()).classify(peers.alice())).isEqualTo("EIM/APDF preserving hairpin");
    }

    @Test
    void anUnknownNameIsToldWithTheKnownOnes() {
        assertThatThrownBy(() -> NatProfile.named("porous")).hasMessageContaining("porous").hasMessageContaining("sym_rand");
    }
}
