package io.amanuensis.job.cli;

import picocli.CommandLine.Command;

/** {@code amanuensis models}: what can be done with model folders. */
@Command(
        name = "models",
        description = "Makes model folders.",
        subcommands = RandomModelCommand.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ModelsCommand {}
