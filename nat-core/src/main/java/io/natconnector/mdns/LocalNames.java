package io.natconnector.mdns;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts addresses in the place of the {@code .local} names in the candidates of a peer's words, which browsers send to keep their
 * addresses to themselves. Words are heard at once, without those candidates, and once more when a name has been found. The other
 * way round for our own words, where our addresses are to be hidden.
 *
 * <p>A peer can't make more of this than a few questions in the local network: names per words, questions at a time and what is
 * remembered are limited. Any thread; words are heard on the caller's or a lookup's.
 */
public final class LocalNames implements AutoCloseable {
    private static final Pattern CANDIDATE = Pattern.compile(
            "^(a=candidate:\\S+ +\\d+ +\\S+ +\\d+ +)([A-Za-z0-9-]{1,63}\\.[Ll][Oo][Cc][Aa][Ll])( .*)$", Pattern.MULTILINE);
    private static final int MAX_NAMES_PER_WORDS = 10;
    private static final int MAX_UNDER_WAY = 16;
    private static final int MAX_WAITING_WORDS = 8;
    private static final int MAX_REMEMBERED = 256;
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(60);

    private record Answer(List<InetAddress> addresses, long at) { }

    private record Waiting(String text, Consumer<String> hear) { }

    private final Function<String, List<InetAddress>> lookup;
    private final Executor executor;
    private final LongSupplier clock;
    private final Runnable unresolved;
    private final HiddenAddresses hidden;
    private final Map<String, Answer> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    private final Map<String, List<Waiting>> underWay = new LinkedHashMap<>();

    /**
     * @param lookup finds the addresses of a name, none if nobody has it; may block
     * @param executor where lookups run; may refuse
     * @param clock nanoseconds
     * @param unresolved called for each name that came to nothing
     * @param hidden our own addresses; {@code null} to tell them as they are
     */
    public LocalNames(Function<String, List<InetAddress>> lookup, Executor executor, LongSupplier clock, Runnable unresolved,
            HiddenAddresses hidden) {
        this.lookup = lookup;
        this.executor = executor;
        this.clock = clock;
        this.unresolved = unresolved;
        this.hidden = hidden;
    }

    /** Our own words as they are told to a peer. */
    public String told(String text) {
        return hidden == null ? text : hidden.conceal(text);
    }

    /** Has the words heard: at once, and again with each name that is found. */
    public void hear(String text, Consumer<String> hear) {
        Set<String> names = names(text);
        if (names.isEmpty()) {
            hear.accept(text);
            return;
        }
        hear.accept(withAddresses(text));
        names.forEach(name -> look(name, new Waiting(text, hear)));
    }

    private static Set<String> names(String text) {
        Set<String> names = new LinkedHashSet<>();
        if (text.toLowerCase(Locale.ROOT).contains(".local")) {
            for (Matcher matcher = CANDIDATE.matcher(text); names.size() < MAX_NAMES_PER_WORDS && matcher.find(); ) {
                names.add(matcher.group(2).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Each candidate whose name is known once for each of its addresses; the others as they are, for the parser to leave out. */
    private synchronized String withAddresses(String text) {
        return CANDIDATE.matcher(text).replaceAll(line -> {
            Answer answer = known.get(line.group(2).toLowerCase(Locale.ROOT));
            if (answer == null || answer.addresses.isEmpty()) {
                return Matcher.quoteReplacement(line.group());
            }
            return Matcher.quoteReplacement(String.join("\r\n", answer.addresses.stream()
                    .map(address -> line.group(1) + InetAddresses.toAddrString(address) + line.group(3)).toList()));
        });
    }

    private void look(String name, Waiting waiting) {
        synchronized (this) {
            Answer answer = known.get(name);
            if (answer != null && clock.getAsLong() - answer.at < REMEMBERED) {
                return;                                       // it was in what has been heard, or nobody has that name
            }
            List<Waiting> others = underWay.get(name);
            if (others != null) {
                if (others.size() == MAX_WAITING_WORDS) {
                    others.remove(0);                         // later words say all that earlier ones did
                }
                others.add(waiting);
                return;
            }
            if (underWay.size() == MAX_UNDER_WAY) {
                unresolved.run();
                return;
            }
            underWay.put(name, new ArrayList<>(List.of(waiting)));
        }
        try {
            executor.execute(() -> found(name, lookup.apply(name)));
        } catch (RejectedExecutionException e) {
            found(name, List.of());
        }
    }

    private void found(String name, List<InetAddress> addresses) {
        List<Waiting> waiting;
        synchronized (this) {
            known.remove(name);
            known.put(name, new Answer(List.copyOf(addresses), clock.getAsLong()));
            waiting = underWay.remove(name);
        }
        if (addresses.isEmpty()) {
            unresolved.run();
        } else {
            waiting.forEach(words -> words.hear.accept(withAddresses(words.text)));
        }
    }

    /** Nobody finds us by name any more. */
    @Override
    public void close() {
        if (hidden != null) {
            hidden.close();
        }
    }
}
