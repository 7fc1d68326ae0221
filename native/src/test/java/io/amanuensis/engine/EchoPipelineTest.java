package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sound to words through every function of the library, by the back end that needs no model. */
class EchoPipelineTest {
    private static final DecodingOptions OPTIONS = DecodingOptions.defaults();
    private static Model model;
    private Session session;

    @BeforeAll
    static void openModel() {
        model = Model.open(null, ModelOptions.echo());
    }

    @AfterAll
    static void closeModel() {
        model.close();
    }

    @BeforeEach
    void openSession() {
        session = model.openSession();
    }

    @AfterEach
    void closeSession() {
        session.close();
    }

    @Test
    void theModelDescribesItself() {
        assertThat(model.sampleRateHz()).isEqualTo(16_000);
        assertThat(model.windowSamples()).isEqualTo(160_000);
        assertThat(model.windowMs()).isEqualTo(10_000);
        assertThat(model.melBins()).isEqualTo(80);
        assertThat(model.melFrames()).isEqualTo(1_000);
        assertThat(model.statePositions()).isEqualTo(500);
        assertThat(model.stateWidth()).isEqualTo(8);
        assertThat(model.stateBytes()).isEqualTo(8_000);
        assertThat(model.timestampMs()).isEqualTo(20);
        assertThat(model.canDecode()).isTrue();
        assertThat(model.alignment()).isEqualTo("dtw");
        assertThat(model.backEnd()).isEqualTo("echo");
        assertThat(model.languages()).contains("en");
        assertThat(model.name()).isEqualTo("echo");
        assertThat(model.hash()).isEqualTo("092c79e8f80e559e404bcf660c48f3522b67aba9ff1484b0367e1a4ddef7431d");
    }

    @Test
    void soundBecomesWordsWithTimesWithinIt() {
        short[] sound = Sounds.noise(1, 48_000);
        byte[] states = encode(Sounds.melOf(session, sound)).get(0);
        Decoding decoding = session.decode(List.of(states), OPTIONS, null).get(0);
        List<AlignedWord> words = session.align(states, decoding.tokens(), sound.length, "en", null);

        assertThat(states).hasSize(model.stateBytes());
        assertThat(decoding.text()).isNotBlank();
        assertThat(decoding.language()).isEqualTo("en");
        assertThat(decoding.endReached()).isTrue();
        assertThat(decoding.averageLogProbability()).isNegative();
        assertThat(decoding.compressionRatio()).isEqualTo(Decoding.compressionRatioOf(decoding.text()));
        assertThat(model.textOf(decoding.tokens())).isEqualTo(decoding.text());
        assertThat(words)
                .extracting(AlignedWord::text)
                .containsExactly(decoding.text().split(" "));
        assertThat(words).isSortedAccordingTo((a, b) -> Integer.compare(a.startMs(), b.startMs()));
        assertThat(words).allSatisfy(word -> {
            assertThat(word.startMs()).isBetween(0, word.endMs());
            assertThat(word.endMs()).isLessThanOrEqualTo(3_000);
            assertThat(word.probability()).isBetween(0.0, 1.0);
        });
    }

    @Test
    void theTextComesFromTheStates() {
        float[] mel = Sounds.melOf(session, Sounds.noise(2, 32_000));
        byte[] states = encode(mel).get(0);
        byte[] otherStates =
                encode(Sounds.melOf(session, Sounds.noise(3, 32_000))).get(0);
        byte[] zeroed = new byte[states.length];

        List<Decoding> decodings = session.decode(List.of(states, zeroed, otherStates, states), OPTIONS, null);

        assertThat(decodings.get(0).text()).isNotBlank();
        assertThat(decodings.get(1).text()).isNotEqualTo(decodings.get(0).text());
        assertThat(decodings.get(2).text()).isNotEqualTo(decodings.get(0).text());
        assertThat(decodings.get(3)).isEqualTo(decodings.get(0));
    }

    @Test
    void aWindowDoesNotSeeItsNeighbours() {
        List<float[]> mels = new ArrayList<>();
        List<byte[]> alone = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            float[] mel = Sounds.melOf(session, Sounds.noise(seed, 16_000 + 1_000 * seed));
            mels.add(mel);
            alone.addAll(encode(mel));
        }
        Collections.reverse(mels);
        Collections.reverse(alone);

        List<byte[]> together = session.encode(mels, null);

        assertThat(together).hasSameSizeAs(alone);
        for (int window = 0; window < alone.size(); window++) {
            assertThat(together.get(window)).isEqualTo(alone.get(window));
        }
        assertThat(together.stream().map(States::checksum).distinct()).hasSize(5);
    }

    @Test
    void aWindowInTheMiddleOfAnArrayIsTheSameWindow() {
        short[] sound = Sounds.noise(4, 20_000);
        short[] among = new short[30_000];
        System.arraycopy(sound, 0, among, 7_001, sound.length);
        float[] mel = new float[model.melLength()];
        session.logMel(among, 7_001, sound.length, mel);

        assertThat(mel).isEqualTo(Sounds.melOf(session, sound));
    }

    @Test
    void whatAnEarlierBatchLeftBehindDoesNotShow() {
        short[] shortSound = Sounds.noise(5, 400);
        float[] fresh = Sounds.melOf(session, shortSound);
        Sounds.melOf(session, Sounds.noise(6, model.windowSamples()));

        assertThat(Sounds.melOf(session, shortSound)).isEqualTo(fresh);
    }

    @Test
    void decodingOptionsReachTheLibrary() {
        byte[] states = encode(Sounds.melOf(session, Sounds.noise(7, 32_000))).get(0);

        Decoding timed = session.decode(List.of(states), OPTIONS, null).get(0);
        Decoding plain = session.decode(List.of(states), OPTIONS.withTimestamps(false), null)
                .get(0);
        Decoding cut =
                session.decode(List.of(states), OPTIONS.withMaxTokens(1), null).get(0);
        Decoding german = session.decode(List.of(states), OPTIONS.withLanguage("de"), null)
                .get(0);

        assertThat(timed.tokens()).startsWith(model.timestampBeginToken());
        assertThat(plain.tokens()).isNotEmpty();
        assertThat(plain.tokens()).doesNotContain(timed.tokens()[0], timed.tokens()[timed.tokens().length - 1]);
        assertThat(cut.tokens()).hasSize(1);
        assertThat(cut.endReached()).isFalse();
        assertThat(german.language()).isEqualTo("de");
    }

    @Test
    void textAndTokensAreEachOthersInverse() {
        String text = session.decode(encode(Sounds.melOf(session, Sounds.noise(8, 64_000))), OPTIONS, null)
                .get(0)
                .text();
        String longText = String.join(" ", Collections.nCopies(40, text));

        assertThat(model.textOf(model.tokensOf(longText))).isEqualTo(longText);
        assertThat(model.textOf(new int[0])).isEmpty();
        assertThat(model.tokensOf("")).isEmpty();
    }

    @Test
    void memoryGrowsToTheLargestBatchAndNoFurther() {
        long opened = session.memoryBytes();
        float[] mel = Sounds.melOf(session, Sounds.noise(9, 16_000));
        session.encode(Collections.nCopies(8, mel), null);
        long afterEight = session.memoryBytes();
        session.encode(Collections.nCopies(2, mel), null);

        assertThat(opened).isPositive();
        assertThat(afterEight - opened).isGreaterThanOrEqualTo(8L * (mel.length * Float.BYTES + model.stateBytes()));
        assertThat(session.memoryBytes()).isEqualTo(afterEight);
    }

    @Test
    void sessionsOfManyThreadsAgree() throws Exception {
        int threads = 4;
        List<Decoding> expected = transcribe(session);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<Decoding>>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(executor.submit(() -> {
                    try (Session own = model.openSession()) {
                        return transcribe(own);
                    }
                }));
            }
            for (Future<List<Decoding>> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static List<Decoding> transcribe(Session session) {
        List<Decoding> decodings = new ArrayList<>();
        for (int seed = 0; seed < 20; seed++) {
            float[] mel = Sounds.melOf(session, Sounds.noise(seed, 24_000));
            decodings.addAll(session.decode(session.encode(List.of(mel), null), OPTIONS, null));
        }
        return decodings;
    }

    private List<byte[]> encode(float[] mel) {
        return session.encode(List.of(mel), null);
    }
}
