package io.amanuensis.job.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that the program was started from, laid out by the build. */
final class Installation {
    static final String HOME_PROPERTY = "amanuensis.home";

    private final Path home;

    private Installation(Path home) {
        this.home = home;
    }

    /** @throws CommandException if the launcher did not say where it is */
    static Installation current() {
        String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT, "system property " + HOME_PROPERTY + " is not set; start bin/amanuensis");
        }
        return new Installation(Path.of(home));
    }

    Path demoModel() {
        return existing("models/demo");
    }

    /** Calls with what was said in them. */
    Path samples() {
        return existing("samples");
    }

    /** What a cluster is given to run. */
    Path jobJar() {
        return existing("job/amanuensis-job.jar");
    }

    private Path existing(String name) {
        Path path = home.resolve(name);
        if (!Files.exists(path)) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT, path + " is missing; unpack or build the distribution again");
        }
        return path;
    }
}
