package io.amanuensis.job.cli;

import io.amanuensis.job.models.RandomModel;
import io.amanuensis.job.models.WhisperSize;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code amanuensis models random}: a model to measure with. */
@Command(
        name = "random",
        description = {
            "Writes a Whisper model with random weights.",
            "It computes as much as a trained model of its size and says nothing of sense: for measuring. Half precision, Hugging"
                    + " Face's layout; the same size and seed give the same bytes."
        },
        mixinStandardHelpOptions = true)
final class RandomModelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--like", required = true, paramLabel = "SIZE", description = "${COMPLETION-CANDIDATES}.")
    private WhisperSize size;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "A new or an empty folder.")
    private Path folder;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        try {
            RandomModel.write(folder, size.shape(), seed);
        } catch (DirectoryNotEmptyException e) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, folder + " is not empty; name a folder that is new or empty", e);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(ExitCode.BAD_INPUT, folder + " is a file; name a folder", e);
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: a model like %s, %,d parameters, seed %d%n",
                        folder, size, RandomModel.parameters(size.shape()), seed);
        return ExitCode.OK;
    }
}
