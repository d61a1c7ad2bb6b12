package io.natconnector.session;

import io.natconnector.stun.Machine;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** Who of many machines is due when, without asking all of them. */
final class Agenda {
    private record Entry(long at, long order, Machine machine) { }

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private final Map<Machine, Entry> current = new HashMap<>();
    private long order;

    /** Notes the machine's present deadline. */
    void update(Machine machine) {
        long at = machine.nextTimeout();
        Entry before = current.get(machine);
        if (before != null && before.at() == at) {
            return;
        }
        if (at == Machine.NEVER) {
            current.remove(machine);
        } else {
            Entry entry = new Entry(at, order++, machine);
            current.put(machine, entry);
            entries.add(entry);
        }
        if (entries.size() > 64 && entries.size() > 4 * current.size()) {
            entries.removeIf(entry -> current.get(entry.machine()) != entry);
        }
    }

    void remove(Machine machine) {
        current.remove(machine);
    }

    /** The next machine that is due, or {@code null}; it must be {@linkplain #update updated} afterwards. */
    Machine pollDue(long now) {
        skipStale();
        Entry first = entries.peek();
        if (first == null || first.at() > now) {
            return null;
        }
        entries.remove();
        current.remove(first.machine());
        return first.machine();
    }

    long next() {
        skipStale();
        return entries.isEmpty() ? Machine.NEVER : entries.peek().at();
    }

    private void skipStale() {
        for (Entry first; (first = entries.peek()) != null && current.get(first.machine()) != first; ) {
            entries.remove();
        }
    }
}
