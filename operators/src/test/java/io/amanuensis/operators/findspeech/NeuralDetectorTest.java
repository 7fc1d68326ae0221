package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeuralDetectorTest {
    private static final String FILE = "utterance-20-rms-clean";

    private final NeuralDetector detector = new NeuralDetector(NeuralSettings.DEFAULT);

    /** {@code operators/vad/reference.py} wrote them with PyTorch and numpy. */
    private static List<Double> reference() throws Exception {
        try (InputStream in = NeuralDetectorTest.class.getResourceAsStream(FILE + ".probabilities")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Double::valueOf)
                    .toList();
        }
    }

    private static short[] frame(short[] sound, int number) {
        short[] frame = new short[320];
        System.arraycopy(sound, 320 * number, frame, 0, 320);
        return frame;
    }

    @Test
    void probabilitiesAreThoseOfTheTrainedNetwork() throws Exception {
        short[] sound = TestSet.file(FILE + ".wav").samples();
        List<Double> expected = reference();
        float[] memory = detector.newMemory();
        assertThat(expected).hasSize(sound.length / 320).anyMatch(p -> p < 0.1).anyMatch(p -> p > 0.99);
        for (int i = 0; i < expected.size(); i++) {
            assertThat((double) detector.speechProbability(frame(sound, i), 320, memory))
                    .as("frame %d", i)
                    .isCloseTo(expected.get(i), within(2e-3));
        }
    }

    @Test
    void entersAtOneThresholdAndLeavesAtTheOther() throws Exception {
        short[] sound = TestSet.file(FILE + ".wav").samples();
        float[] entering = detector.newMemory();
        float[] leaving = detector.newMemory();
        float[] measured = detector.newMemory();
        int between = 0;
        for (int i = 0; i < sound.length / 320; i++) {
            float probability = detector.speechProbability(frame(sound, i), 320, measured);
            assertThat(detector.hearsSpeech(frame(sound, i), 320, entering, false))
                    .isEqualTo(probability >= 0.5);
            assertThat(detector.hearsSpeech(frame(sound, i), 320, leaving, true))
                    .isEqualTo(probability >= 0.35);
            between += probability >= 0.35 && probability < 0.5 ? 1 : 0;
        }
        assertThat(between).as("frames on which the thresholds differ").isPositive();
    }

    @Test
    void travelsWithoutItsNetwork() throws Exception {
        detector.newMemory();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(detector);
        }
        assertThat(bytes.size()).isLessThan(1000);
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((NeuralDetector) in.readObject()).newMemory()).isEqualTo(detector.newMemory());
        }
    }

    @Test
    void settingsNameWhatIsWrong() {
        assertThatThrownBy(() -> new NeuralSettings(0.5, 0.6)).hasMessageContainingAll("0.6", "0.5");
        assertThatThrownBy(() -> new NeuralSettings(1, 0.5)).hasMessageContaining("below 1");
        assertThatThrownBy(() -> new NeuralSettings(0.5, 0)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> new NeuralSettings(Double.NaN, 0.3)).hasMessageContaining("NaN");
    }
}
