package io.amanuensis.job.files;

import java.io.Closeable;
import java.io.IOException;

/** Sound of one or more channels that is read from beginning to end. Not thread-safe. */
public interface SampleSource extends Closeable {
    int sampleRateHz();

    int channels();

    /**
     * The next frames, as signed 16-bit samples {@code [channel][frame]}.
     *
     * @return {@code frames} of them, fewer only at the end, none after it
     * @throws IOException if the sound cannot be read, or not understood
     */
    short[][] read(int frames) throws IOException;
}
