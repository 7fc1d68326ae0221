package io.amanuensis.job.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Entry class of the command line. */
@Command(
        name = "amanuensis",
        description = "Call-centre speech to text as an Apache Flink job.",
        subcommands = {
            DemoCommand.class,
            TranscribeCommand.class,
            RunCommand.class,
            ExportCommand.class,
            ModelsCommand.class,
            BenchCommand.class,
            PlayCommand.class,
            DevicesCommand.class
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the job failed, or could not make text of some of the sound",
            "2:the command line makes no sense",
            "3:a file is missing, not readable or not what it should be",
            "4:a port is taken, Kafka or Flink cannot be reached, or the installation is incomplete"
        })
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((problem, command, parsed) -> report(problem, command));
    }

    private static int report(Exception problem, CommandLine command) {
        LOG.error("{} failed", command.getCommandName(), problem);
        CommandException known = Problems.of(problem);
        // After Ctrl-C everything fails; the user knows why.
        if (!AtExit.isEnding()) {
            command.getErr().println(command.getColorScheme().errorText("amanuensis: " + known.getMessage()));
        }
        return known.exitCode();
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"amanuensis " + (version == null ? "(not packaged)" : version)};
        }
    }
}
