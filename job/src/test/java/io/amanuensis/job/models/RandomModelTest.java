package io.amanuensis.job.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.Model;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.Session;
import io.amanuensis.job.models.WhisperShape.AlignmentHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomModelTest {
    private static final int MOST_TOKENS = 20;
    private static final WhisperShape SMALL =
            new WhisperShape(80, 64, 2, 2, 4, 256, 1, 48, 300, List.of("en", "de"), List.of(new AlignmentHead(1, 0)));

    @TempDir
    Path directory;

    @Test
    void opensAndTranscribesASecondOfSound() throws IOException {
        RandomModel.write(directory, SMALL, 1);

        try (Model model = Model.open(directory, ModelOptions.cpu());
                Session session = model.openSession()) {
            assertThat(model.windowSamples()).isEqualTo(16_000);
            assertThat(model.melBins()).isEqualTo(80);
            assertThat(model.statePositions()).isEqualTo(50);
            assertThat(model.stateWidth()).isEqualTo(64);
            assertThat(model.decoderPositions()).isEqualTo(48);
            assertThat(model.timestampBeginToken()).isEqualTo(SMALL.vocabularySize() - 51);
            assertThat(model.alignment()).isEqualTo("dtw");
            assertThat(model.languages()).containsExactlyInAnyOrder("en", "de");
            assertThat(model.textOf(model.tokensOf("a queue; is µ"))).isEqualTo("a queue; is µ");

            short[] sound = noise(16_000);
            float[] mel = new float[model.melLength()];
            session.logMel(sound, 0, sound.length, mel);
            byte[] states = session.encode(List.of(mel), null).get(0);
            Decoding decoding = session.decode(
                            List.of(states), DecodingOptions.defaults().withMaxTokens(MOST_TOKENS), null)
                    .get(0);
            List<AlignedWord> words = session.align(states, decoding.tokens(), sound.length, decoding.language(), null);

            // The last layer norm makes the states of a position 1 in the mean square; the bias adds 1 / width to it.
            assertThat(meanSquare(states)).isCloseTo(1 + 1.0 / 64, within(0.05));
            assertThat(decoding.tokens()).isNotEmpty();
            assertThat(decoding.noSpeechProbability()).isBetween(0.0, 0.1);
            assertThat(words).isNotEmpty();
        }
    }

    @Test
    void weightsAreSignedAndScaledByTheirFanIn() throws IOException {
        RandomModel.write(directory, SMALL, 7);

        Path file = directory.resolve("model.safetensors");
        Map<String, JsonNode> tensors = SafetensorsHeader.read(file);
        ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long begin = Long.BYTES + data.getLong(0);
        assertThat(begin % Long.BYTES).isZero();
        assertThat(data.capacity() - begin).isEqualTo(Short.BYTES * RandomModel.parameters(SMALL));
        Map.of(
                        "model.encoder.conv1.weight", 3 * 80,
                        "model.decoder.layers.1.encoder_attn.k_proj.weight", 64,
                        "model.encoder.layers.0.fc2.weight", 256,
                        "model.decoder.embed_tokens.weight", 64)
                .forEach((name, fanIn) -> {
                    double[] values = values(data, begin, tensors.get(name));
                    double mean = mean(values);
                    double deviation = Math.sqrt(mean(squares(values)) - mean * mean);
                    // Of n uniform numbers the deviation is known to sqrt(1 / 5n) of itself; five of those.
                    double tolerance = 5 * Math.sqrt(1.0 / (5 * values.length));
                    assertThat(deviation * Math.sqrt(fanIn)).as(name).isCloseTo(1, within(tolerance));
                    assertThat(mean * Math.sqrt(fanIn)).as(name).isCloseTo(0, within(5 / Math.sqrt(values.length)));
                });
        assertThat(values(data, begin, tensors.get("model.decoder.layer_norm.weight")))
                .containsOnly(1.0);
    }

    @Test
    void theSeedDecides() throws IOException {
        for (String folder : List.of("one", "again", "other")) {
            RandomModel.write(directory.resolve(folder), SMALL, folder.equals("other") ? 2 : 1);
        }

        try (Model one = Model.open(directory.resolve("one"), ModelOptions.cpu());
                Model again = Model.open(directory.resolve("again"), ModelOptions.cpu());
                Model other = Model.open(directory.resolve("other"), ModelOptions.cpu())) {
            assertThat(again.hash()).isEqualTo(one.hash());
            assertThat(other.hash()).isNotEqualTo(one.hash());
        }
    }

    @Test
    void whatLiesInTheFolderIsLeftAlone() throws IOException {
        Path file = Files.writeString(directory.resolve("notes.txt"), "mine");

        assertThatThrownBy(() -> RandomModel.write(directory, SMALL, 1)).isInstanceOf(DirectoryNotEmptyException.class);
        assertThat(directory).isDirectoryContaining(file::equals).isDirectoryNotContaining("glob:**safetensors");
    }

    private static short[] noise(int samples) {
        Random random = new Random(1);
        short[] noise = new short[samples];
        for (int i = 0; i < samples; i++) {
            noise[i] = (short) (3000 * random.nextGaussian());
        }
        return noise;
    }

    /** Of bfloat16 values, which are the upper halves of floats. */
    private static double meanSquare(byte[] states) {
        ByteBuffer bytes = ByteBuffer.wrap(states).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[states.length / Short.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << Short.SIZE);
        }
        return mean(squares(values));
    }

    private static double[] values(ByteBuffer file, long begin, JsonNode tensor) {
        long first = begin + tensor.get("data_offsets").get(0).asLong();
        long end = begin + tensor.get("data_offsets").get(1).asLong();
        double[] values = new double[Math.toIntExact(end - first) / Short.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfTest.value(file.getShort(Math.toIntExact(first) + i * Short.BYTES));
        }
        return values;
    }

    private static double[] squares(double[] values) {
        return Arrays.stream(values).map(value -> value * value).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
