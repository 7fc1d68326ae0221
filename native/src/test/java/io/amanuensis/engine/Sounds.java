package io.amanuensis.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** Sound for tests that need some, whatever it is. */
final class Sounds {
    private Sounds() {}

    /** Noise that a seed repeats exactly. */
    static short[] noise(long seed, int samples) {
        Random random = new Random(seed);
        short[] sound = new short[samples];
        for (int i = 0; i < samples; i++) {
            sound[i] = (short) (random.nextGaussian() * 3000);
        }
        return sound;
    }

    /** The samples of a WAV file of 16-bit mono sound at 16 kHz. */
    static short[] wav(Path file) throws IOException, UnsupportedAudioFileException {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
            if (in.getFormat().getSampleRate() != 16_000 || in.getFormat().getFrameSize() != Short.BYTES) {
                throw new UnsupportedAudioFileException(file + " is " + in.getFormat());
            }
            short[] samples = new short[Math.toIntExact(in.getFrameLength())];
            ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(samples);
            return samples;
        }
    }

    /** The log-mel of all of a sound, which must be no longer than the model's window. */
    static float[] melOf(Session session, short[] sound) {
        float[] mel = new float[session.model().melLength()];
        session.logMel(sound, 0, sound.length, mel);
        return mel;
    }
}
