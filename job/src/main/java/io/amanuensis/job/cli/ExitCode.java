package io.amanuensis.job.cli;

/** What the command ended with. */
final class ExitCode {
    static final int OK = 0;

    /** The job failed, or left part of the sound without text or reason. */
    static final int JOB_FAILED = 1;

    /** The command line makes no sense. */
    static final int USAGE = 2;

    /** A file is missing, not readable, or not what it should be. */
    static final int BAD_INPUT = 3;

    /** A port is taken, Kafka or Flink cannot be reached, the installation is incomplete. */
    static final int ENVIRONMENT = 4;

    private ExitCode() {}
}
