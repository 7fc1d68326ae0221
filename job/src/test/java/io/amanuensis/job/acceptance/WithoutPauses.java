package io.amanuensis.job.acceptance;

import io.amanuensis.job.files.AudioFile;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.files.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@link io.amanuensis.job.files.ContinuousSpeech} keeps of a recording of one channel: frames of 20 ms of -45 dBFS and more. */
final class WithoutPauses {
    private static final int FRAME_MS = 20;
    private static final int FRAME_SAMPLES = 160;
    private static final double PAUSE_POWER = Math.pow(10, -4.5) * Short.MAX_VALUE * Short.MAX_VALUE;

    /** Frames that are kept before each frame, and in all. */
    private final List<Integer> keptBefore = new ArrayList<>(List.of(0));

    private WithoutPauses() {}

    static WithoutPauses of(Path file) throws IOException {
        WithoutPauses kept = new WithoutPauses();
        try (SampleSource sound = Carriage.TELEPHONE.source(AudioFile.open(file))) {
            for (short[] frame = sound.read(FRAME_SAMPLES)[0];
                    frame.length == FRAME_SAMPLES;
                    frame = sound.read(FRAME_SAMPLES)[0]) {
                double sum = 0;
                for (short sample : frame) {
                    sum += sample * sample;
                }
                kept.keptBefore.add(kept.frames() + (sum / FRAME_SAMPLES >= PAUSE_POWER ? 1 : 0));
            }
        }
        return kept;
    }

    long lengthMs() {
        return (long) FRAME_MS * frames();
    }

    /** Where what lies at a time of the recording has come to lie. */
    long positionMs(long ms) {
        int frame = (int) Math.min(keptBefore.size() - 1L, ms / FRAME_MS);
        return (long) FRAME_MS * keptBefore.get(frame);
    }

    private int frames() {
        return keptBefore.get(keptBefore.size() - 1);
    }
}
