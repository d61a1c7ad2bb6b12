package io.natconnector.natpeer.demo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** One connection of alice and bob: starts both, shows what they tell, ends them. Used once, by one thread. */
final class DemoRound {
    /** Which paths may be used. */
    enum Kind {
        DIRECT, RELAYED
    }

    private static final long PATIENCE = SECONDS.toNanos(60);

    private final Kind kind;
    private final DemoView view;
    private final BlockingQueue<Told> queue = new LinkedBlockingQueue<>();
    private final Map<String, Story> stories = new HashMap<>();

    private record Told(String peer, JsonObject event) { }

    /** What a peer has told: the last event of each name. */
    static final class Story {
        private final Map<String, JsonObject> events = new HashMap<>();

        /** {@code null} if it never told. */
        JsonObject event(String name) {
            return events.get(name);
        }

        private boolean isOver() {
            return events.containsKey("done") || events.containsKey("failed") || events.containsKey("ended");
        }
    }

    DemoRound(Kind kind, DemoView view) {
        this.kind = kind;
        this.view = view;
        stories.put("alice", new Story());
        stories.put("bob", new Story());
    }

    /**
     * Blocks until both are done, one has failed, or it took too long.
     *
     * @param arguments what both peers are told about servers and addresses
     * @return whether data went both ways
     */
    boolean run(List<String> arguments, Map<String, String> environment) throws IOException, InterruptedException {
        view.roundBegins(kind);
        try (DemoProcess bob = start("bob", null, arguments, environment);
                DemoProcess alice = start("alice", "bob", arguments, environment)) {
            long start = System.nanoTime();
            while (!isOver()) {
                Told told = queue.poll(Math.max(0, start + PATIENCE - System.nanoTime()), NANOSECONDS);
                if (told == null) {
                    break;
                }
                String name = told.event.get("event").getAsString();
                stories.get(told.peer).events.put(name, told.event);
                view.event(kind, told.peer, told.event);
                if (name.equals("up") && stories.values().stream().allMatch(story -> story.event("up") != null)) {
                    view.asks(kind);
                    alice.go();
                }
            }
        }
        boolean passed = stories.values().stream().allMatch(story -> story.event("done") != null && isRight(story.event("report")));
        view.roundEnds(kind, stories.get("alice"), stories.get("bob"), passed);
        return passed;
    }

    private DemoProcess start(String name, String peer, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("demo-peer", "--name", name));
        if (peer != null) {
            command.addAll(List.of("--peer", peer));
        }
        if (kind == Kind.RELAYED) {
            command.add("--relay-only");
        }
        command.addAll(arguments);
        return new DemoProcess(name, command, environment, (process, event) -> queue.add(new Told(process.name(), event)));
    }

    private boolean isOver() {
        return stories.values().stream().allMatch(Story::isOver)
                || stories.values().stream().anyMatch(story -> story.isOver() && story.event("done") == null);
    }

    /** What was to be relayed must have been, and what was to be direct not. */
    private boolean isRight(JsonObject report) {
        boolean relayed = report.has("local") && (report.get("local").getAsString().equals("relayed")
                || report.get("remote").getAsString().equals("relayed"));
        return relayed == (kind == Kind.RELAYED);
    }
}
