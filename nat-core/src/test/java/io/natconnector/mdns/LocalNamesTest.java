package io.natconnector.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalNamesTest {
    private static final String NAME = "7a1c9bc2-0d4e-4b1e-9a55-111111111111.local";
    private static final String REST = "a=ice-ufrag:8hhY\r\n";

    private final Map<String, List<InetAddress>> network = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final Queue<Runnable> lookups = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private long now;
    private int unresolved;
    private final LocalNames names = new LocalNames(name -> {
        asked.add(name);
        return network.getOrDefault(name, List.of());
    }, lookups::add, () -> now, () -> unresolved++, null);

    private static String candidate(String address) {
        return "a=candidate:1 1 udp 2113937151 " + address + " 50000 typ host generation 0\r\n";
    }

    private void answerAll() {
        while (!lookups.isEmpty()) {
            lookups.remove().run();
        }
    }

    @Test
    void wordsWithoutNamesAreHeardOnceAsTheyAre() {
        names.hear(REST + candidate("192.0.2.1"), heard::add);

        assertThat(heard).containsExactly(REST + candidate("192.0.2.1"));
        assertThat(lookups).isEmpty();
    }

    @Test
    void wordsAreHeardAtOnceAndAgainWithTheAddressThatWasFound() {
        network.put(NAME, List.of(InetAddresses.forString("192.0.2.7")));
        names.hear(REST + candidate(NAME) + candidate("198.51.100.1"), heard::add);
        assertThat(heard).hasSize(1);

        answerAll();

        assertThat(heard).last().isEqualTo(REST + candidate("192.0.2.7") + candidate("198.51.100.1"));
        assertThat(unresolved).isZero();
    }

    @Test
    void eachAddressOfANameIsACandidate() {
        network.put(NAME, List.of(InetAddresses.forString("192.0.2.7"), InetAddresses.forString("2001:db8::7")));
        names.hear(candidate(NAME), heard::add);
        answerAll();

        assertThat(heard).last().isEqualTo(candidate("192.0.2.7") + candidate("2001:db8::7"));
    }

    @Test
    void aNameThatIsKnownIsNotAskedForAgainUntilAMinuteHasPassed() {
        network.put(NAME, List.of(InetAddresses.forString("192.0.2.7")));
        names.hear(candidate(NAME), heard::add);
        answerAll();
        names.hear(candidate(NAME), heard::add);
        assertThat(lookups).isEmpty();
        assertThat(heard).last().isEqualTo(candidate("192.0.2.7"));

        now += TimeUnit.SECONDS.toNanos(61);
        names.hear(candidate(NAME), heard::add);
        assertThat(lookups).hasSize(1);
    }

    @Test
    void aNameThatNobodyHasIsCountedAndItsCandidateIsLeftOut() {
        names.hear(candidate(NAME), heard::add);
        answerAll();

        assertThat(unresolved).isEqualTo(1);
        assertThat(heard).containsExactly(candidate(NAME));
        names.hear(candidate(NAME), heard::add);
        assertThat(lookups).isEmpty();
    }

    @Test
    void wordsThatComeMeanwhileWaitForTheSameAnswer() {
        network.put(NAME, List.of(InetAddresses.forString("192.0.2.7")));
        names.hear(candidate(NAME), heard::add);
        names.hear(REST + candidate(NAME), heard::add);
        assertThat(lookups).hasSize(1);
        answerAll();

        assertThat(heard).hasSize(4).contains(candidate("192.0.2.7"), REST + candidate("192.0.2.7"));
    }

    @Test
    void aPeerCannotMakeUsAskForManyNames() {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            words.append(candidate("name" + i + ".local"));
        }
        names.hear(words.toString(), heard::add);
        assertThat(lookups).hasSize(10);
        for (int i = 100; i < 200; i++) {
            names.hear(candidate("name" + i + ".local"), heard::add);
        }

        assertThat(lookups).hasSize(16);
        assertThat(unresolved).isEqualTo(94);
    }

    @Test
    void onlyNamesOfTheLocalNetworkAreAskedFor() {
        names.hear(candidate("example.org") + candidate("a.b.local") + candidate("x.local.example"), heard::add);

        assertThat(lookups).isEmpty();
    }

    @Test
    void whereNoThreadIsFreeTheNameCountsAsNotFound() {
        LocalNames busy = new LocalNames(name -> List.of(), task -> {
            throw new RejectedExecutionException("full");
        }, () -> now, () -> unresolved++, null);
        busy.hear(candidate(NAME), heard::add);

        assertThat(unresolved).isEqualTo(1);
    }

    @Test
    void wordsThatAreRefusedAreNotAskedFor() {
        assertThatThrownBy(() -> names.hear(candidate(NAME), text -> {
            throw new IllegalArgumentException("malformed");
        })).isInstanceOf(IllegalArgumentException.class);
        assertThat(lookups).isEmpty();
    }
}
