package io.natconnector.natpeer;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command line came to. */
record Spoken(int code, String complaint) {
    static Spoken by(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine commandLine = Natpeer.commandLine().setErr(new PrintWriter(err));
        commandLine.getSubcommands().values().forEach(command -> command.setErr(new PrintWriter(err)));
        return new Spoken(commandLine.execute(arguments), err.toString());
    }
}
