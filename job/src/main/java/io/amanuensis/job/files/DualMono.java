package io.amanuensis.job.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Recordings that have several channels and one sound: what each speaker said is not apart in them. */
public final class DualMono {
    private DualMono() {}

    /**
     * Whether all channels of a file are the same, sample by sample, and not silence. Reads as far as they are the same.
     *
     * @throws AudioFileException if the file cannot be read
     */
    public static boolean is(Path file) throws IOException {
        try (AudioFile recording = AudioFile.open(file)) {
            if (recording.channels() < 2) {
                return false;
            }
            boolean sound = false;
            int second = recording.sampleRateHz();
            for (short[][] read = recording.read(second); read[0].length > 0; read = recording.read(second)) {
                for (short[] channel : read) {
                    if (!Arrays.equals(channel, read[0])) {
                        return false;
                    }
                }
                sound |= !Arrays.equals(read[0], new short[read[0].length]);
            }
            return sound;
        }
    }
}
