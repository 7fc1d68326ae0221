package io.amanuensis.job.cli;

/** Ends a command with an {@link ExitCode} and one line that says what is wrong and what to do. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    CommandException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    CommandException(int exitCode, String message) {
        this(exitCode, message, null);
    }

    int exitCode() {
        return exitCode;
    }
}
