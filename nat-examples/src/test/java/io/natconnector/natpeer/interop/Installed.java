package io.natconnector.natpeer.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** What a test needs that is not ours; missing Debian packages are installed when we are root. */
final class Installed {
    private Installed() { }

    /** Goes on when the command succeeds, if need be after installing the package; else skips the test, and says so. */
    static void require(List<String> command, String debianPackage) throws IOException, InterruptedException {
        if (succeeds(command)) {
            return;
        }
        if (isRoot() && succeeds(List.of("apt-get", "--version"))) {
            succeeds(List.of("apt-get", "update", "-q"));
            succeeds(List.of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", debianPackage));
        }
        if (!succeeds(command)) {
            skip("needs Debian's package " + debianPackage + " ('" + String.join(" ", command) + "' fails)");
        }
    }

    /** A directory of node's modules with this package, which npm puts there if need be; else skips the test, and says so. */
    static Path requireNpm(String npmPackage, String version) throws IOException, InterruptedException {
        require(List.of("node", "--version"), "nodejs");
        require(List.of("npm", "--version"), "npm");
        Path directory = Path.of("target", "npm").toAbsolutePath();
        Path modules = directory.resolve("node_modules");
        if (!Files.exists(modules.resolve(npmPackage)) && !succeeds(List.of("npm", "install", "--silent", "--no-audit", "--no-fund",
                "--prefix", Files.createDirectories(directory).toString(), npmPackage + "@" + version))) {
            skip("needs npm's package " + npmPackage + ", which could not be installed");
        }
        return modules;
    }

    static void skip(String why) {
        System.err.println("SKIPPED: interoperability test: " + why);
        Assumptions.abort(why);
    }

    static boolean isRoot() throws IOException, InterruptedException {
        return succeeds(List.of("sh", "-c", "test $(id -u) = 0"));
    }

    static boolean succeeds(List<String> command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;                                      // no such program
        }
    }
}
