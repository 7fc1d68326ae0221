package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuietestPointTest {
    private static short[] loud(int count) {
        short[] samples = new short[count];
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            samples[i] = (short) (random.nextBoolean() ? 30_000 : -30_000);
        }
        return samples;
    }

    @Test
    void isTheMiddleOfTheQuietestStretch() {
        short[] samples = loud(16_000);
        Arrays.fill(samples, 4_800, 4_800 + 960, (short) 0);
        assertThat(QuietestPoint.in(samples)).isEqualTo(4_800 + 480);
    }

    @Test
    void aLongPauseWinsOverADeeperButShortOne() {
        short[] samples = loud(16_000);
        Arrays.fill(samples, 1_600, 1_600 + 320, (short) 0);
        Arrays.fill(samples, 8_000, 8_000 + 960, (short) 500);
        assertThat(QuietestPoint.in(samples)).isEqualTo(8_000 + 480);
    }

    @Test
    void theLatestOfSeveral() {
        assertThat(QuietestPoint.in(new short[16_000])).isEqualTo(16_000 - 480);
    }

    @Test
    void soundTooShortToChooseIsNotCut() {
        assertThat(QuietestPoint.in(new short[959])).isEqualTo(959);
        assertThat(QuietestPoint.in(new short[0])).isZero();
    }
}
