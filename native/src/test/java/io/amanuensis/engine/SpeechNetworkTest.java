package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpeechNetworkTest {
    private static final int BANDS = 24;
    private static final int UNITS = 48;

    private final Random random = new Random(7);

    private float[] numbers() {
        float[] numbers = new float[2 + (BANDS + UNITS + 2) * 3 * UNITS + UNITS + 1];
        for (int i = 2; i < numbers.length; i++) {
            numbers[i] = 0.4f * (float) random.nextGaussian();
        }
        numbers[0] = BANDS;
        numbers[1] = UNITS;
        return numbers;
    }

    private short[] noise(int count) {
        short[] sound = new short[count];
        for (int i = 0; i < count; i++) {
            sound[i] = (short) random.nextInt(-8000, 8001);
        }
        return sound;
    }

    @Test
    void whatIsRememberedGoesOnInTheNextPiece() {
        try (SpeechNetwork network = SpeechNetwork.open(numbers())) {
            short[] sound = noise(20 * 320 + 5);
            float[] memory = new float[network.memoryLength()];
            float[] whole = network.listen(sound, sound.length, memory);
            assertThat(whole).hasSize(21);
            for (float probability : whole) {
                assertThat(probability).isBetween(0f, 1f);
            }

            float[] other = new float[network.memoryLength()];
            float[] first = network.listen(sound, 9 * 320, other);
            short[] rest = Arrays.copyOfRange(sound, 9 * 320, sound.length);
            float[] second = network.listen(rest, rest.length, other);
            assertThat(first).isEqualTo(Arrays.copyOf(whole, 9));
            assertThat(second).isEqualTo(Arrays.copyOfRange(whole, 9, 21));
            assertThat(other).isEqualTo(memory);

            assertThat(network.listen(rest, rest.length, new float[UNITS]))
                    .as("of a line of which nothing is remembered")
                    .isNotEqualTo(second);
        }
    }

    @Test
    void onlySamplesThatCountAreHeard() {
        try (SpeechNetwork network = SpeechNetwork.open(numbers())) {
            short[] sound = noise(1000);
            assertThat(network.listen(sound, 320, new float[UNITS]))
                    .isEqualTo(network.listen(Arrays.copyOf(sound, 320), 320, new float[UNITS]));
        }
    }

    @Test
    void faultsOfTheInputAreNamed() {
        float[] numbers = numbers();
        assertThatThrownBy(() -> SpeechNetwork.open(Arrays.copyOf(numbers, 100)))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("24 bands", "48 units", "100");
        assertThatThrownBy(() -> SpeechNetwork.open(new float[0])).hasMessageContaining("number_count");
        try (SpeechNetwork network = SpeechNetwork.open(numbers)) {
            assertThatThrownBy(() -> network.listen(new short[10], 11, new float[UNITS]))
                    .hasMessageContaining("11");
            assertThatThrownBy(() -> network.listen(new short[10], 10, new float[UNITS - 1]))
                    .hasMessageContainingAll("memory", "47", "48");
        }
    }

    @Test
    void aClosedNetworkListensNoMore() {
        SpeechNetwork network = SpeechNetwork.open(numbers());
        network.close();
        network.close();
        assertThatThrownBy(() -> network.listen(new short[320], 320, new float[UNITS]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
