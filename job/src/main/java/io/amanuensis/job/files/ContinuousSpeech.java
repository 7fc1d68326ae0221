package io.amanuensis.job.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody who never pauses: one channel of speech from recordings, at telephone rate, with its pauses cut out. Every second has
 * 40 ms of silence, as between words, so that a detector knows what silence is on this line; every block ends with 80 ms, so that
 * whoever looks for a place to cut finds the best one at a known time.
 */
public final class ContinuousSpeech implements SampleSource {
    private static final int RATE_HZ = 8000;
    private static final int FRAME_SAMPLES = RATE_HZ / 50;

    private static final int BREAK_SAMPLES = 2 * FRAME_SAMPLES;
    private static final int BLOCK_BREAK_SAMPLES = 4 * FRAME_SAMPLES;

    /** Mean square of a frame below which nobody speaks: -45 dBFS. */
    private static final double PAUSE_POWER = Math.pow(10, -4.5) * Short.MAX_VALUE * Short.MAX_VALUE;

    private final short[] speech;
    private final int blockSamples;
    private final long samples;
    private final int offset;
    private long at;

    private ContinuousSpeech(short[] speech, int offset, int blockSamples, long samples) {
        this.speech = speech;
        this.offset = offset;
        this.blockSamples = blockSamples;
        this.samples = samples;
    }

    /** The speech of some recordings, all channels one after another. */
    public static final class Material {
        private final short[] speech;

        private Material(short[] speech) {
            this.speech = speech;
        }

        /**
         * @param recordings of 8 or 16 kHz
         * @throws IOException if one cannot be read, or nobody speaks in them
         */
        public static Material of(List<Path> recordings) throws IOException {
            List<short[]> frames = new ArrayList<>();
            for (Path recording : recordings) {
                try (SampleSource sound = Carriage.TELEPHONE.source(AudioFile.open(recording))) {
                    addSpeech(frames, sound);
                }
            }
            if (frames.isEmpty()) {
                throw new IOException("nobody speaks in " + recordings);
            }
            short[] speech = new short[frames.size() * FRAME_SAMPLES];
            for (int i = 0; i < frames.size(); i++) {
                System.arraycopy(frames.get(i), 0, speech, i * FRAME_SAMPLES, FRAME_SAMPLES);
            }
            return new Material(speech);
        }

        /**
         * @param number of the speaker; speakers begin at different places
         * @param blockMs above 80 ms
         * @param blocks how long the speech is
         */
        public ContinuousSpeech speaker(int number, int blockMs, int blocks) {
            int frames = speech.length / FRAME_SAMPLES;
            // Steps of the golden ratio spread any number of speakers evenly.
            double turn = number * 0.618033988749895 % 1;
            int blockSamples = blockMs * (RATE_HZ / 1000);
            return new ContinuousSpeech(
                    speech, (int) (turn * frames) * FRAME_SAMPLES, blockSamples, (long) blocks * blockSamples);
        }

        private static void addSpeech(List<short[]> frames, SampleSource sound) throws IOException {
            List<List<short[]>> channels = new ArrayList<>();
            for (int channel = 0; channel < sound.channels(); channel++) {
                channels.add(new ArrayList<>());
            }
            for (short[][] read = sound.read(FRAME_SAMPLES);
                    read[0].length == FRAME_SAMPLES;
                    read = sound.read(FRAME_SAMPLES)) {
                for (int channel = 0; channel < read.length; channel++) {
                    if (power(read[channel]) >= PAUSE_POWER) {
                        channels.get(channel).add(read[channel]);
                    }
                }
            }
            channels.forEach(frames::addAll);
        }

        private static double power(short[] frame) {
            double sum = 0;
            for (short sample : frame) {
                sum += sample * sample;
            }
            return sum / frame.length;
        }
    }

    @Override
    public int sampleRateHz() {
        return RATE_HZ;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public short[][] read(int frames) {
        short[] read = new short[(int) Math.min(frames, samples - at)];
        for (int i = 0; i < read.length; i++, at++) {
            long atBlock = at % blockSamples;
            boolean silent = atBlock >= blockSamples - BLOCK_BREAK_SAMPLES || atBlock % RATE_HZ < BREAK_SAMPLES;
            read[i] = silent ? 0 : speech[(int) ((offset + at) % speech.length)];
        }
        return new short[][] {read};
    }

    @Override
    public void close() {}
}
