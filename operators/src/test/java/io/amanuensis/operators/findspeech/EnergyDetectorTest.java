package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EnergyDetectorTest {
    private static final EnergySettings SETTINGS = new EnergySettings(10, 5, -60, -70, 1000);
    private static final int FRAMES_OF_MEMORY = 50;

    private final EnergyDetector detector = new EnergyDetector(SETTINGS);
    private final float[] memory = detector.newMemory();

    /** 20 ms of a 400 Hz tone. */
    private static short[] tone(double levelDbfs) {
        short[] samples = new short[320];
        double amplitude = 32_768 * Math.sqrt(2) * Math.pow(10, levelDbfs / 20);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) Math.round(amplitude * Math.sin(2 * Math.PI * i / 40));
        }
        return samples;
    }

    private boolean hears(double levelDbfs, boolean speaking) {
        float certainty = detector.certainties(tone(levelDbfs), 320, memory)[0];
        return speaking ? certainty >= SpeechDetector.GOES_ON : certainty == SpeechDetector.CERTAIN;
    }

    private void hearNoise(double levelDbfs, int frames) {
        for (int i = 0; i < frames; i++) {
            hears(levelDbfs, false);
        }
    }

    private static double levelDbfs(short[] samples) {
        return EnergyDetector.levelDbfs(samples, 0, samples.length);
    }

    @Test
    void levelsAreRmsAgainstFullScale() {
        short[] square = new short[320];
        for (int i = 0; i < square.length; i++) {
            square[i] = i % 2 == 0 ? Short.MIN_VALUE : Short.MAX_VALUE;
        }
        assertThat(levelDbfs(square)).isCloseTo(0, within(0.001));
        assertThat(levelDbfs(tone(-40))).isCloseTo(-40, within(0.01));
        assertThat(levelDbfs(new short[320])).isEqualTo(-100);
        assertThat(levelDbfs(new short[] {12_000})).isEqualTo(-100);
    }

    @Test
    void aConstantOffsetIsSilent() {
        short[] samples = new short[320];
        Arrays.fill(samples, (short) -20_000);
        assertThat(levelDbfs(samples)).isEqualTo(-100);
    }

    @Test
    void onAQuietLineTheAbsoluteLevelsDecide() {
        assertThat(hears(-59.9, false)).isTrue();
        assertThat(hears(-60.1, false)).isFalse();
        assertThat(hears(-69.9, true)).isTrue();
        assertThat(hears(-70.1, true)).isFalse();
    }

    @Test
    void onANoisyLineTheLevelAboveTheNoiseDecides() {
        hearNoise(-40, 2 * FRAMES_OF_MEMORY);
        assertThat(hears(-29.9, false)).isTrue();
        assertThat(hears(-30.1, false)).isFalse();
        assertThat(hears(-34.9, true)).isTrue();
        assertThat(hears(-35.1, true)).isFalse();
    }

    @Test
    void atTheBeginningNoisePassesForSpeechRatherThanTheOtherWayRound() {
        assertThat(hears(-40, false)).isTrue();
        hearNoise(-40, FRAMES_OF_MEMORY);
        assertThat(hears(-40, false)).isFalse();
    }

    @Test
    void followsFallingNoiseAtOnceAndRisingNoiseWhenTheQuietIsForgotten() {
        hearNoise(-30, 2 * FRAMES_OF_MEMORY);
        hearNoise(-50, 15);
        assertThat(hears(-39, false)).isTrue();

        hearNoise(-50, 2 * FRAMES_OF_MEMORY);
        hearNoise(-30, FRAMES_OF_MEMORY / 2);
        assertThat(hears(-30, false)).isTrue();
        hearNoise(-30, 2 * FRAMES_OF_MEMORY);
        assertThat(hears(-30, false)).isFalse();
    }

    @Test
    void settingsNameWhatIsWrong() {
        assertThatThrownBy(() -> new EnergySettings(5, 6, -60, -70, 1000))
                .hasMessageContainingAll("offsetAboveNoiseDb 6.0", "5.0");
        assertThatThrownBy(() -> new EnergySettings(10, 5, -60, -50, 1000))
                .hasMessageContainingAll("offsetLevelDbfs -50.0", "-60.0");
        assertThatThrownBy(() -> new EnergySettings(10, 5, 0, -70, 1000)).hasMessageContaining("must be below 0");
        assertThatThrownBy(() -> new EnergySettings(10, Double.NaN, -60, -70, 1000))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> new EnergySettings(10, 5, -60, -70, 499))
                .hasMessage("noiseMemoryMs is 499, must be 500 to 60000");
    }
}
