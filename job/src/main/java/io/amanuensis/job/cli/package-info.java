/**
 * The command line: {@code amanuensis demo | transcribe | run}.
 *
 * <p>Results go to standard output, everything else to standard error or the log file. A command ends with an
 * {@link io.amanuensis.job.cli.ExitCode}; what a user did wrong, or what the machine lacks, is one line without a stack trace.
 */
package io.amanuensis.job.cli;
