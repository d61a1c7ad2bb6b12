package io.natconnector.natpeer;

import io.natconnector.natpeer.ice.IceCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Loads the classes that the other commands need, for the launcher, which archives them. */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        Natpeer.commandLine().usage(System.out);
        new CommandLine(new IceCommand()).usage(System.out);
        IceCommand.rehearse();
        return 0;
    }
}
