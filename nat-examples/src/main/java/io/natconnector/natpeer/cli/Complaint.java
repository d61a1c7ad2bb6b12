package io.natconnector.natpeer.cli;

import java.io.PrintWriter;
import java.net.BindException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong in one or two lines on standard error; a stack trace only with {@code -v}. */
public final class Complaint implements IParameterExceptionHandler, IExecutionExceptionHandler {
    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + message(wrong, command));
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("'" + name + " --help' tells what it takes");
        err.flush();
        return ExitCode.USAGE;
    }

    private static String message(ParameterException wrong, CommandLine command) {
        boolean isCommand = wrong instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()
                && !command.getSubcommands().isEmpty();
        return isCommand ? "there is no command '" + ((UnmatchedArgumentException) wrong).getUnmatched().get(0) + "'"
                : wrong.getMessage();
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
        PrintWriter err = command.getErr();
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        err.println(command.getCommandSpec().qualifiedName() + ": "
                + (failure instanceof BindException ? "can't bind: " + message : message));
        boolean surprising = failure instanceof RuntimeException && !(failure instanceof IllegalArgumentException);
        if (surprising || Verbosity.isVerbose()) {
            failure.printStackTrace(err);
        }
        err.flush();
        return failure instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.ENVIRONMENT;
    }
}
