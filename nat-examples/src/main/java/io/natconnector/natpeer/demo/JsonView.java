package io.natconnector.natpeer.demo;

import com.google.gson.JsonObject;
import io.natconnector.natpeer.cli.JsonLine;
import java.io.PrintStream;
import java.util.Locale;

/** A JSON line for each event; what the peers tell, with who and in which round. */
final class JsonView implements DemoView {
    private final PrintStream out;

    JsonView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void serverReady(JsonObject event) {
        JsonObject line = event.deepCopy();
        line.addProperty("event", "server");
        print(line.toString());
    }

    @Override
    public void roundBegins(DemoRound.Kind kind) {
        print(JsonLine.event("round").put("round", text(kind)).toString());
    }

    @Override
    public void asks(DemoRound.Kind kind) {
        print(JsonLine.event("asks").put("round", text(kind)).toString());
    }

    @Override
    public void event(DemoRound.Kind kind, String peer, JsonObject event) {
        JsonObject line = new JsonObject();
        line.add("event", event.get("event"));
        line.addProperty("round", text(kind));
        line.addProperty("peer", peer);
        event.entrySet().forEach(member -> line.add(member.getKey(), member.getValue()));
        print(line.toString());
    }

    @Override
    public void roundEnds(DemoRound.Kind kind, DemoRound.Story alice, DemoRound.Story bob, boolean passed) {
        print(JsonLine.event("round_end").put("round", text(kind)).put("ok", passed).toString());
    }

    @Override
    public void ends(boolean passed) {
        print(JsonLine.event("end").put("ok", passed).toString());
    }

    private static String text(DemoRound.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}
