package io.amanuensis.job.files;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not sound, or not of a kind that can be read. The message names the file, what is wrong and what to do. */
public final class AudioFileException extends IOException {
    private static final long serialVersionUID = 1;

    AudioFileException(Path file, String problem, String remedy) {
        this(file, problem, remedy, null);
    }

    AudioFileException(Path file, String problem, String remedy, Throwable cause) {
        super(file + ": " + problem + ". " + remedy, cause);
    }

    static AudioFileException noSound(Path file) {
        return new AudioFileException(file, "holds no sound", "Check how it was recorded");
    }
}
