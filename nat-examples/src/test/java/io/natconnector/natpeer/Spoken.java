package io.natconnector.natpeer;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** What a command line came to, run in this JVM. */
public record Spoken(int code, String output, String complaint) {
    public static Spoken by(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Natpeer.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Spoken(commandLine.execute(arguments), out.toString(), err.toString());
    }

    /** What it printed, a JSON object a line. */
    public List<JsonObject> events() {
        return output.lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    }

    /** The event of that name; {@code null} if there is none. */
    public JsonObject event(String name) {
        return events().stream().filter(event -> event.get("event").getAsString().equals(name)).findFirst().orElse(null);
    }
}
