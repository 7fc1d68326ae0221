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
import org.junit.jupiter.api.AfterEach;
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

    @AfterEach
    void close() {
        detector.close();
    }

    private float[] probabilities(short[] sound) {
        return detector.speechProbabilities(sound, sound.length / 320 * 320, detector.newMemory());
    }

    @Test
    void probabilitiesAreThoseOfTheTrainedNetwork() throws Exception {
        short[] sound = TestSet.file(FILE + ".wav").samples();
        List<Double> expected = reference();
        float[] found = probabilities(sound);
        assertThat(expected).hasSize(found.length).anyMatch(p -> p < 0.1).anyMatch(p -> p > 0.99);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).as("frame %d", i).isCloseTo(expected.get(i), within(2e-3));
        }
    }

    @Test
    void thresholdsSayWhatBeginsAndWhatGoesOn() throws Exception {
        short[] sound = TestSet.file(FILE + ".wav").samples();
        float[] probabilities = probabilities(sound);
        float[] certainties = detector.certainties(sound, probabilities.length * 320, detector.newMemory());
        int goingOn = 0;
        for (int i = 0; i < probabilities.length; i++) {
            double p = probabilities[i];
            double expected = p >= 0.85 ? 1 : p >= 0.35 ? 0 : -1;
            assertThat((double) certainties[i]).isCloseTo(expected, within(1e-5));
            goingOn += expected == 0 ? 1 : 0;
        }
        assertThat(goingOn).as("frames on which the thresholds differ").isPositive();
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
            NeuralDetector other = (NeuralDetector) in.readObject();
            assertThat(other.newMemory()).isEqualTo(detector.newMemory());
            other.close();
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
