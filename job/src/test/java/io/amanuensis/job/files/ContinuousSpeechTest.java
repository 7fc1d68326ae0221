package io.amanuensis.job.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class ContinuousSpeechTest {
    private static final int FRAME = 160;
    private static final int BLOCK_MS = 1960;
    private static final int BLOCK = BLOCK_MS * 8;

    private ContinuousSpeech.Material material;

    @BeforeAll
    void read() throws IOException {
        material = ContinuousSpeech.Material.of(List.of(
                DemoModel.TEST_SET.resolve("call-1-late-order.wav"),
                DemoModel.TEST_SET.resolve("call-3-broken-router.wav")));
    }

    @Test
    void nobodyPausesForLonger() {
        short[] speech = all(material.speaker(0, BLOCK_MS, 40), 40 * BLOCK);

        for (int from = 0; from < speech.length; from += FRAME) {
            int atBlock = from % BLOCK;
            boolean silent = atBlock >= BLOCK - 4 * FRAME || atBlock % 8000 < 2 * FRAME;
            double level = level(Arrays.copyOfRange(speech, from, from + FRAME));
            if (silent) {
                assertThat(level).as("level at sample %d", from).isLessThan(-100);
            } else {
                assertThat(level).as("level at sample %d", from).isGreaterThan(-45.1);
            }
        }
    }

    @Test
    void lengthIsKeptHoweverItIsReadAndSpeakersDiffer() {
        ContinuousSpeech inPieces = material.speaker(1, BLOCK_MS, 2);
        short[] joined = new short[2 * BLOCK];
        int at = 0;
        for (short[] piece = inPieces.read(777)[0]; piece.length > 0; piece = inPieces.read(777)[0]) {
            System.arraycopy(piece, 0, joined, at, piece.length);
            at += piece.length;
        }

        assertThat(at).isEqualTo(2 * BLOCK);
        assertThat(joined).isEqualTo(all(material.speaker(1, BLOCK_MS, 2), 2 * BLOCK));
        assertThat(joined).isNotEqualTo(all(material.speaker(2, BLOCK_MS, 2), 2 * BLOCK));
    }

    private static short[] all(ContinuousSpeech speech, int samples) {
        short[] read = speech.read(samples + 1)[0];
        assertThat(read).hasSize(samples);
        return read;
    }

    /** dBFS. */
    private static double level(short[] samples) {
        double sum = 0;
        for (short sample : samples) {
            sum += sample * sample;
        }
        return 10 * Math.log10(Math.max(1e-9, sum / samples.length) / (32767.0 * 32767.0));
    }
}
