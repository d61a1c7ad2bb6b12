package io.natconnector.natpeer;

import io.natconnector.natpeer.check.CheckCommand;
import io.natconnector.natpeer.cli.Complaint;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.demo.DemoCommand;
import io.natconnector.natpeer.demo.DemoPeerCommand;
import io.natconnector.natpeer.ice.IceCommand;
import io.natconnector.natpeer.serve.ServeCommand;
import io.natconnector.natpeer.talk.ConnectCommand;
import io.natconnector.natpeer.talk.ListenCommand;
import io.natconnector.natpeer.talk.ReceiveCommand;
import io.natconnector.natpeer.talk.SendCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: finds out which command is meant and runs it. */
@Command(name = "natpeer", mixinStandardHelpOptions = true, usageHelpAutoWidth = true, version = "natpeer 0.1.0",
        description = "Connects two programs directly where any direct path exists, through a relay where none does.",
        subcommands = {DemoCommand.class, ServeCommand.class, ListenCommand.class, ConnectCommand.class, SendCommand.class,
            ReceiveCommand.class, CheckCommand.class,
            IceCommand.class, RehearseCommand.class, DemoPeerCommand.class, CommandLine.HelpCommand.class},
        footer = {"", "'natpeer COMMAND --help' tells what a command takes.",
            "Exit codes: 0 done, 1 tried and failed, 2 wrong command line, 3 this machine did not let us."})
public final class Natpeer implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        int code = commandLine().execute(arguments);
        System.out.flush();
        // Not only returning: a library's thread that is no daemon must not keep the process
        System.exit(code);
    }

    /** For tests, too. */
    static CommandLine commandLine() {
        Complaint complaint = new Complaint();
        return new CommandLine(new Natpeer())
                .setParameterExceptionHandler(complaint)
                .setExecutionExceptionHandler(complaint)
                .setExitCodeExceptionMapper(failure -> ExitCode.ENVIRONMENT)
                .setAbbreviatedOptionsAllowed(false);
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
    }
}
