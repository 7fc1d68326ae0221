package io.amanuensis.job.models;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Whisper folder with random weights: signed, of a size that keeps activations near 1, layer-norm gains 1, Whisper's own encoder
 * positions. The same shape and seed give the same bytes.
 */
public final class RandomModel {
    private RandomModel() {}

    /**
     * Writes the folder, its {@code config.json} last: a folder without one was not finished. Takes megabytes of memory, whatever
     * the size of the model.
     *
     * @param folder is created if it is missing
     * @throws DirectoryNotEmptyException if there is something in it
     * @throws IOException if it cannot be written
     */
    public static void write(Path folder, WhisperShape shape, long seed) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new DirectoryNotEmptyException(folder.toString());
            }
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), WhisperTensor.of(shape), seed);
        new ModelSettings(shape).writeTo(folder);
    }

    /** Parameters of a model of this shape. */
    public static long parameters(WhisperShape shape) {
        List<WhisperTensor> tensors = WhisperTensor.of(shape);
        return tensors.stream().mapToLong(WhisperTensor::elements).sum();
    }
}
