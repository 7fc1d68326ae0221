package io.amanuensis.job.cli;

import io.amanuensis.job.JobArguments;
import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.embedded.EmbeddedFlink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code amanuensis run}: the job on your Kafka, on your Flink cluster or in this process. */
@Command(
        name = "run",
        description = {
            "Runs the job on your Kafka.",
            "With rest.address (or execution.target) configured it is submitted to that Flink cluster as 'flink run' does, else it"
                    + " runs in this process with Flink's web UI. Waits for the job to end. Ctrl-C ends a job in this process; one"
                    + " on a cluster runs on."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML with options of the job and of Flink.")
    private Path config;

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "An option of the job or of Flink; wins over the file.")
    private final Map<String, String> options = new LinkedHashMap<>();

    @Option(names = "--detached", description = "Returns as soon as a cluster has taken the job.")
    private boolean detached;

    @Override
    public Integer call() throws Exception {
        List<String> arguments = arguments();
        Configuration configuration = configuration(arguments);
        JobConfig.from(configuration).kafka();
        if (configuration.contains(DeploymentOptions.TARGET) || configuration.contains(RestOptions.ADDRESS)) {
            new ClusterSubmission(Installation.current().jobJar(), arguments, detached).submit(configuration);
        } else if (detached) {
            throw new CommandException(ExitCode.USAGE, "--detached needs a cluster: set rest.address");
        } else {
            runHere(configuration);
        }
        return ExitCode.OK;
    }

    private void runHere(Configuration configuration) throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(configuration);
                AtExit closing = AtExit.close(flink, spec.commandLine().getErr())) {
            spec.commandLine().getOut().println("Flink " + flink.webUi());
            StreamExecutionEnvironment env = flink.environment(JobDefaults.under(configuration));
            TranscriptionJob.onKafka(env, JobConfig.from(configuration));
            env.execute(TranscriptionJob.NAME);
        }
    }

    /** What the entry class is given, here as on a cluster. */
    private List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        if (config != null) {
            arguments.addAll(List.of("--config", config.toString()));
        }
        options.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
        return arguments;
    }

    private static Configuration configuration(List<String> arguments) {
        try {
            return JobArguments.parse(arguments.toArray(String[]::new));
        } catch (Exception e) {
            throw new CommandException(ExitCode.BAD_INPUT, "cannot read the configuration: " + e.getMessage(), e);
        }
    }
}
