package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.address;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.relay.RelayServerEvent.Cause;
import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a relay server tells who runs it. */
@ExtendWith(NoLeaks.class)
class ServerEventTest {
    private static final InetSocketAddress PEER = address("198.51.100.7", 7000);

    private final RelayBench bench = new RelayBench(config -> config.events(true));
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");
    private final AllocationKey key = new AllocationKey(Transport.UDP, alice.address, SERVER);

    @AfterEach
    void close() {
        bench.close();
    }

    private List<RelayServerEvent> events() {
        List<RelayServerEvent> all = new ArrayList<>();
        for (RelayServerEvent event; (event = bench.server.pollEvent()) != null; ) {
            all.add(event);
        }
        return all;
    }

    @Test
    void tellsOfAnAllocationWhoseItIsAndWhereItLeads() {
        alice.allocated();

        assertThat(events()).containsExactly(new RelayServerEvent.Created(key, "alice", List.of(alice.relayed), 600));
    }

    @Test
    void tellsWhatAnAllocationHasCarriedWhenItsOwnerGivesItBack() {
        alice.allocated();
        alice.bind(0x4000, PEER);
        alice.sendOn(0x4000, "four");
        alice.sendOn(0x4000, "more");
        bench.deliver(PEER, alice.relayed, RelayBench.text("answer"));
        bench.pass(ofSeconds(100));
        alice.refresh(900);
        bench.pass(ofSeconds(20));
        events();
        InetSocketAddress relayed = alice.relayed;

        alice.refresh(0);

        assertThat(events()).containsExactly(new RelayServerEvent.Ended(key, "alice", List.of(relayed), Cause.DELETED,
                ofSeconds(120).toNanos(), new RelayTraffic(2, 8, 1, 6), 1));
    }

    @Test
    void tellsOfARefresh() {
        alice.allocated();
        events();
        alice.refresh(900);

        assertThat(events()).containsExactly(new RelayServerEvent.Refreshed(key, "alice", 900));
    }

    @Test
    void tellsThatNobodyHasRefreshedAnAllocation() {
        alice.allocated();
        events();
        bench.pass(ofSeconds(601));

        assertThat(events()).singleElement().isInstanceOfSatisfying(RelayServerEvent.Ended.class,
                ended -> assertThat(ended.cause()).isEqualTo(Cause.EXPIRED));
    }

    @Test
    void tellsOfEachAllocationThatEndsWithTheServer() {
        alice.allocated();
        bench.asker("198.51.100.21").allocated();
        events();
        bench.server.close(bench.now);

        assertThat(events()).hasSize(2).allSatisfy(event -> assertThat(((RelayServerEvent.Ended) event).cause())
                .isEqualTo(Cause.CLOSED));
    }

    @Test
    void tellsNothingOfThoseThatWereRefused() {
        alice.login();
        bench.asker("198.51.100.21", 5000, "alice", "wrong").allocate();

        assertThat(events()).isEmpty();
    }

    @Test
    void keepsNoEventsForNobody() {
        try (RelayBench quiet = new RelayBench(config -> { })) {
            quiet.asker("198.51.100.20").allocated();

            assertThat(quiet.server.pollEvent()).isNull();
        }
    }
}
