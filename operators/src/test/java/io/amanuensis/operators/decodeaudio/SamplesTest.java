package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.49999997, 0",
        "0.5, 1",
        "-0.5, 0",
        "-0.50000006, -1",
        "1.4999999, 1",
        "-1e-30, 0",
        "32766.5, 32767",
        "32767.5, 32767",
        "1e30, 32767",
        "-32768.5, -32768",
        "-32767.5, -32767",
        "-32767.502, -32768",
        "-1e30, -32768"
    })
    void roundsHalvesUpAndClips(float sample, short expected) {
        assertThat(Samples.toShort(sample)).isEqualTo(expected);
    }

    @Test
    void isWhatJavaRounds() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            float sample = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(6) - 1));
            int expected = Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample)));
            assertThat((int) Samples.toShort(sample)).as("%s", sample).isEqualTo(expected);
        }
    }
}
