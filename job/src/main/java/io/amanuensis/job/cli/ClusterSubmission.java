package io.amanuensis.job.cli;

import io.amanuensis.job.TranscriptionJob;
import java.net.ConnectException;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.ProgramInvocationException;
import org.apache.flink.configuration.ConfigUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.DefaultExecutorServiceLoader;
import org.apache.flink.util.ExceptionUtils;

/** Hands the job jar to a Flink cluster as {@code flink run} does: its entry class builds the graph here, the cluster runs it. */
final class ClusterSubmission {
    private static final String REMOTE = "remote";

    private final Path jobJar;
    private final List<String> arguments;
    private final boolean detached;

    /** @param arguments of the entry class */
    ClusterSubmission(Path jobJar, List<String> arguments, boolean detached) {
        this.jobJar = jobJar;
        this.arguments = arguments;
        this.detached = detached;
    }

    /**
     * Returns when the job ends, or when the cluster has it if detached.
     *
     * @param configuration where the cluster is, beside the job's own options
     * @throws ProgramInvocationException if the job fails, or is refused
     */
    void submit(Configuration configuration) throws ProgramInvocationException {
        Configuration client = new Configuration(configuration);
        if (!client.contains(DeploymentOptions.TARGET)) {
            client.set(DeploymentOptions.TARGET, REMOTE);
        }
        client.set(DeploymentOptions.ATTACHED, !detached);
        try (PackagedProgram program = PackagedProgram.newBuilder()
                .setJarFile(jobJar.toFile())
                .setEntryPointClassName(TranscriptionJob.class.getName())
                .setConfiguration(client)
                .setArguments(arguments.toArray(String[]::new))
                .build()) {
            ConfigUtils.encodeCollectionToConfig(
                    client, PipelineOptions.JARS, program.getJobJarAndDependencies(), URL::toString);
            ClientUtils.executeProgram(new DefaultExecutorServiceLoader(), client, program, false, false);
        } catch (ProgramInvocationException e) {
            if (unreachable(e)) {
                String address = client.get(RestOptions.ADDRESS) + ":" + client.get(RestOptions.PORT);
                throw new CommandException(ExitCode.ENVIRONMENT,
                        "cannot reach Flink at " + address + "; is it up, and is this its REST address?", e);
            }
            throw e;
        }
    }

    private static boolean unreachable(Exception problem) {
        return ExceptionUtils.findThrowable(problem, ConnectException.class).isPresent()
                || ExceptionUtils.findThrowable(problem, UnknownHostException.class).isPresent();
    }
}
