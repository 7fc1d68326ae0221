package io.amanuensis.job.cli;

import io.amanuensis.job.JobArguments;
import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.embedded.EmbeddedFlink;
import io.amanuensis.job.placement.Placement;
import io.amanuensis.job.placement.Schedulers;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
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
    private static final String REMOTE = "remote";

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML with options of the job and of Flink.")
    private Path config;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "An option of the job or of Flink; wins over the file.")
    private final Map<String, String> options = new LinkedHashMap<>();

    @Option(names = "--detached", description = "Returns as soon as a cluster has taken the job.")
    private boolean detached;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = JobDefaults.under(given());
        // What is wrong with the options is said before anything starts.
        JobConfig.from(configuration).kafka();
        if (configuration.contains(DeploymentOptions.TARGET) || configuration.contains(RestOptions.ADDRESS)) {
            runOnCluster(configuration);
        } else if (detached) {
            throw new CommandException(ExitCode.USAGE, "--detached needs a cluster: set rest.address");
        } else {
            runHere(configuration);
        }
        return ExitCode.OK;
    }

    @SuppressWarnings("try") // atExit is there to be closed
    private void runHere(Configuration configuration) throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(configuration);
                AtExit atExit = AtExit.close(flink, spec.commandLine().getErr())) {
            spec.commandLine().getOut().println("Flink " + flink.webUi());
            StreamExecutionEnvironment env = flink.environment(configuration);
            JobConfig config = JobConfig.from(configuration);
            TranscriptionJob.onKafka(env, config);
            env.execute(TranscriptionJob.nameOf(config));
        }
    }

    /** The graph is built here, from the same classes as the cluster gets in the job jar. */
    private void runOnCluster(Configuration configuration) throws Exception {
        if (!configuration.contains(DeploymentOptions.TARGET)) {
            configuration.set(DeploymentOptions.TARGET, REMOTE);
        }
        configuration.set(DeploymentOptions.ATTACHED, !detached);
        configuration.set(
                PipelineOptions.JARS,
                List.of(Installation.current().jobJar().toUri().toString()));
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
        JobConfig config = JobConfig.from(configuration);
        TranscriptionJob.onKafka(env, config);
        if (config.placement().isPresent()) {
            sayWhatWaits(config.placement().get(), configuration);
        }
        JobClient job = submit(env, TranscriptionJob.nameOf(config), configuration);
        spec.commandLine().getOut().println("Job " + job.getJobID());
        if (!detached) {
            job.getJobExecutionResult().get();
        }
    }

    private void sayWhatWaits(Placement placement, Configuration configuration) throws InterruptedException {
        ClusterOffer.ask(configuration).ifPresent(offer -> {
            Schedulers.requireOneThatHeedsResources(offer.configuration());
            double wanted = placement.parallelism() * placement.resourceAmount();
            double offered = offer.amountOf(placement.resourceName());
            if (offered < wanted) {
                spec.commandLine()
                        .getErr()
                        .printf(
                                Locale.ROOT,
                                "amanuensis: the job will wait: it needs %.1f of the external resource %s, and the %d task managers of the cluster"
                                        + " offer %.1f. Start one with an NPU as deploy/README.md says, or lower npu.parallelism.%n",
                                wanted,
                                placement.resourceName(),
                                offer.taskManagers(),
                                offered);
            }
        });
    }

    private static JobClient submit(StreamExecutionEnvironment env, String name, Configuration configuration)
            throws Exception {
        try {
            return env.executeAsync(name);
        } catch (Exception e) {
            if (ExceptionUtils.findThrowable(e, ConnectException.class).isPresent()
                    || ExceptionUtils.findThrowable(e, UnknownHostException.class)
                            .isPresent()) {
                throw new CommandException(
                        ExitCode.ENVIRONMENT,
                        "cannot reach Flink at " + configuration.get(RestOptions.ADDRESS) + ":"
                                + configuration.get(RestOptions.PORT) + "; is it up, and is this its REST address?",
                        e);
            }
            throw e;
        }
    }

    private Configuration given() {
        List<String> arguments = new ArrayList<>();
        if (config != null) {
            arguments.addAll(List.of("--config", config.toString()));
        }
        options.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
        try {
            return JobArguments.parse(arguments.toArray(String[]::new));
        } catch (Exception e) {
            throw new CommandException(ExitCode.BAD_INPUT, "cannot read the configuration: " + e.getMessage(), e);
        }
    }
}
