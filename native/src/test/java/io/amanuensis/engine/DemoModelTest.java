package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real speech through the network, states in bfloat16, against what PyTorch made of the same files in float32. */
class DemoModelTest {
    private static final Path DEMO = Path.of("demo-model");
    private static SharedModels.Lease lease;

    @BeforeAll
    static void acquireModel() {
        lease = SharedModels.acquire(DEMO.resolve("model"), ModelOptions.cpu());
    }

    @AfterAll
    static void giveBack() {
        lease.close();
    }

    @Test
    void theModelIsTheFolders() {
        Model model = lease.model();

        assertThat(model.name()).isEqualTo("model");
        assertThat(model.hash()).matches("[0-9a-f]{64}").isEqualTo(ModelFolder.hash(DEMO.resolve("model")));
        assertThat(model.backEnd()).isEqualTo("cpu");
        assertThat(model.stateWidth()).isEqualTo(256);
        assertThat(model.statePositions()).isEqualTo(500);
        assertThat(model.decoderPositions()).isEqualTo(192);
        assertThat(model.timestampBeginToken()).isEqualTo(777);
        assertThat(model.alignment()).isEqualTo("ctc");
        assertThat(model.weightBytes()).isGreaterThan(10_000_000);
        assertThat(model.languages()).containsExactly("en");
    }

    /** Seen and unseen voices, a text the model gets wrong among them: the reference is what it heard, not what was said. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "utterance-00-espeak_seen-clean.wav",
                "utterance-20-rms-clean.wav",
                "utterance-21-awb-clean.wav",
                "utterance-26-slt_hts-clean.wav",
            })
    void hearsWhatTheReferenceHears(String file) throws Exception {
        JsonNode reference = reference(file);
        short[] sound = Sounds.wav(DEMO.resolve("testset").resolve(file));
        try (Session session = lease.model().openSession()) {
            List<byte[]> states = session.encode(List.of(Sounds.melOf(session, sound)), null);
            DecodingOptions plain = DecodingOptions.defaults().withTimestamps(false);
            Decoding heard = session.decode(states, plain, null).get(0);
            Decoding timed =
                    session.decode(states, DecodingOptions.defaults(), null).get(0);
            List<AlignedWord> words = session.align(states.get(0), heard.tokens(), sound.length, "en", null);

            assertThat(heard.text()).isEqualTo(reference.get("heard").asText());
            assertThat(heard.tokens()).isEqualTo(ids(reference.get("ids_without_timestamps")));
            assertThat(heard.endReached()).isTrue();
            assertThat(timed.tokens()).isEqualTo(ids(reference.get("ids_with_timestamps")));
            assertThat(words)
                    .extracting(AlignedWord::text)
                    .containsExactly(heard.text().split(" "));
            assertThat(words.get(words.size() - 1).endMs()).isBetween(1, sound.length / 16 + 20);
        }
    }

    @Test
    void actualContextGivesStatesOfTheSoundAlone() throws Exception {
        String file = "utterance-00-espeak_seen-clean.wav";
        short[] sound = Sounds.wav(DEMO.resolve("testset").resolve(file));
        int positions = (sound.length + 319) / 320;
        ModelOptions options = ModelOptions.cpu().withAudioContext(ModelOptions.AudioContext.ACTUAL);
        try (Model model = Model.open(DEMO.resolve("model"), options);
                Session session = model.openSession();
                Decoder decoder = model.openDecoder(DecoderOptions.defaults())) {
            float[] mel = Sounds.melOf(session, sound);
            assertThat(model.stateBytes(sound.length)).isEqualTo(positions * 256 * Short.BYTES);
            List<byte[]> states =
                    session.encode(List.of(mel, mel), new int[] {sound.length, model.windowSamples()}, null);
            assertThat(states).extracting(of -> of.length).containsExactly(positions * 512, model.stateBytes());

            long ticket =
                    decoder.add(states.get(0), DecodingOptions.defaults(), null).orElseThrow();
            assertThat(decoder.advance(null)).containsExactly(ticket);
            assertThat(decoder.result(ticket).text())
                    .isEqualTo(reference(file).get("heard").asText());
            assertThatThrownBy(() -> session.encode(List.of(mel), new int[] {0}, null))
                    .hasMessageContaining("1 to 160000");
            assertThatThrownBy(() -> session.encode(List.of(mel), new int[] {1, 1}, null))
                    .hasMessageContaining("sampleCounts has 2");
        }
    }

    @Test
    void otherStatesAreOtherText() throws Exception {
        short[] sound = Sounds.wav(DEMO.resolve("testset/utterance-00-espeak_seen-clean.wav"));
        try (Session session = lease.model().openSession()) {
            byte[] states =
                    session.encode(List.of(Sounds.melOf(session, sound)), null).get(0);
            List<Decoding> decodings =
                    session.decode(List.of(states, new byte[states.length]), DecodingOptions.defaults(), null);

            assertThat(decodings.get(0).text()).isNotBlank();
            assertThat(decodings.get(1).text()).isNotEqualTo(decodings.get(0).text());
        }
    }

    private static JsonNode reference(String file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(DEMO.resolve("reference/greedy.jsonl"))) {
            JsonNode row = json.readTree(line);
            if (row.get("file").asText().equals(file)) {
                return row;
            }
        }
        throw new IllegalArgumentException("The reference has no " + file);
    }

    private static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
