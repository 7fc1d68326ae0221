package io.amanuensis.job.cli;

import io.amanuensis.job.files.AudioFileException;
import java.io.IOException;
import org.apache.flink.util.ExceptionUtils;

/** Tells from an exception whose fault it is. */
final class Problems {
    private Problems() {}

    /** The problem as one line with the exit code of its kind. */
    static CommandException of(Exception problem) {
        if (problem instanceof CommandException known) {
            return known;
        }
        ClassLoader loader = Problems.class.getClassLoader();
        return ExceptionUtils.findSerializedThrowable(problem, AudioFileException.class, loader)
                .map(badFile -> new CommandException(ExitCode.BAD_INPUT, badFile.getMessage(), problem))
                .orElseGet(() -> byType(problem));
    }

    private static CommandException byType(Exception problem) {
        if (problem instanceof IllegalArgumentException) {
            return new CommandException(ExitCode.USAGE, problem.getMessage(), problem);
        }
        if (problem instanceof IOException) {
            return new CommandException(ExitCode.ENVIRONMENT, problem.getMessage(), problem);
        }
        return new CommandException(
                ExitCode.JOB_FAILED, "the job failed: " + rootMessage(problem) + " (more in the log file)", problem);
    }

    private static String rootMessage(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
