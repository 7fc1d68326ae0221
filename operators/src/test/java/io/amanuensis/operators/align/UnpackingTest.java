package io.amanuensis.operators.align;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.DecodedWindow.Hypothesis;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PackedUtterance;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackingTest {
    private static final int MS = 16;
    private static final CallChannel CHANNEL = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
    private static final OffsetRange ORIGIN = new OffsetRange("t", 0, 0, 9);
    private static final EngineFacts ENGINE = new EngineFacts("demo", "00ff", "cpu", "0.1.0");

    /** Said at 10 s for 1 s, and at 20 s for 2 s: in the window at 0 ms and at 1500 ms. */
    private static final List<PackedUtterance> TWO =
            List.of(utterance(3, 10_000, 1000, 0), utterance(5, 20_000, 2000, 1500));

    private static PackedUtterance utterance(long index, int startMs, int lengthMs, int offsetMs) {
        return new PackedUtterance(
                new WindowInfo(CHANNEL, index, (long) startMs * MS, lengthMs * MS, ORIGIN), offsetMs * MS);
    }

    private static EncodedWindow encoded(List<PackedUtterance> packed) {
        PackedUtterance last = packed.get(packed.size() - 1);
        WindowInfo info = WindowInfo.ofPacked(packed, last.offsetSamples() + last.info().sampleCount, ORIGIN);
        return new EncodedWindow(info, new byte[0], "0badcafe", ENGINE, 3, 6, 3, null);
    }

    private static List<DecodedWindow> unpacked(
            List<PackedUtterance> packed, String text, boolean speech, List<AlignedWord> words) {
        Hypothesis hypothesis = new Hypothesis(new int[] {1, 2}, text, "en", -0.25, 0.125, 1.5, speech);
        return Unpacking.utterances(new DecodedWindow(encoded(packed), hypothesis, words, 4, 2, null));
    }

    private static AlignedWord word(String text, int startMs, int endMs) {
        return new AlignedWord(text, startMs, endMs, 0.5);
    }

    /** Words put where their utterances lie in a window come back on the clock of the call, in the right utterance, none lost. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void timesComeBackToTheClockOfTheCall(long seed) {
        Random random = new Random(seed);
        List<PackedUtterance> packed = new ArrayList<>();
        List<AlignedWord> inWindow = new ArrayList<>();
        List<String> said = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        long callMs = random.nextInt(1_000_000);
        int offsetMs = 0;
        for (int i = 0; i < 2 + random.nextInt(5); i++) {
            int lengthMs = 1 + random.nextInt(6000);
            packed.add(utterance(2L * i, (int) callMs, lengthMs, offsetMs));
            int at = 0;
            for (int w = 0; at < lengthMs && random.nextInt(6) > 0; w++) {
                int start = at + random.nextInt(lengthMs - at);
                int end = start + random.nextInt(lengthMs - start + 1);
                String name = "u" + i + "w" + w;
                inWindow.add(word(name, offsetMs + start, offsetMs + end));
                said.add(name + " " + (callMs + start) + " " + (callMs + end));
                text.append(' ').append(name).append(',');
                at = end;
            }
            callMs += lengthMs + random.nextInt(20_000);
            offsetMs = (offsetMs + lengthMs + 500 + 19) / 20 * 20;
        }
        List<DecodedWindow> utterances = unpacked(packed, text.toString(), true, inWindow);
        List<String> heard = new ArrayList<>();
        for (int i = 0; i < packed.size(); i++) {
            DecodedWindow utterance = utterances.get(i);
            WindowInfo info = utterance.encoded().info();
            assertThat(info).isSameAs(packed.get(i).info());
            assertThat(utterance.hypothesis().speech())
                    .isEqualTo(!utterance.hypothesis().text().isEmpty());
            if (utterance.hypothesis().speech()) {
                for (AlignedWord word : utterance.words()) {
                    assertThat(word.text()).startsWith("u" + i + "w");
                    assertThat(utterance.hypothesis().text()).contains(word.text());
                    heard.add(word.text() + " " + (info.soundStartMs() + word.startMs()) + " "
                            + (info.soundStartMs() + word.endMs()));
                }
            }
        }
        assertThat(utterances).hasSameSizeAs(packed);
        assertThat(heard).isEqualTo(said);
    }

    @Test
    void aWordBelongsWhereItsMiddleLiesAndStaysInsideItsUtterance() {
        List<DecodedWindow> utterances = unpacked(
                TWO,
                "one two three four five",
                true,
                List.of(
                        word("one", 0, 300),
                        word("two", 800, 1300), // runs over the end
                        word("three", 1100, 1380), // in the silence, nearer to the first
                        word("four", 1140, 1400), // nearer to the second
                        word("five", 1480, 3600))); // runs over both edges
        assertThat(utterances.get(0).words())
                .containsExactly(word("one", 0, 300), word("two", 800, 1000), word("three", 1000, 1000));
        assertThat(utterances.get(1).words()).containsExactly(word("four", 0, 0), word("five", 0, 2000));
        assertThat(utterances.get(0).hypothesis().text()).isEqualTo("one two three");
        assertThat(utterances.get(1).hypothesis().text()).isEqualTo("four five");
    }

    @Test
    void evidenceIsOfTheWindowAndTimeSpentIsDivided() {
        List<DecodedWindow> utterances =
                unpacked(TWO, "aaaa bbbb", true, List.of(word("aaaa", 0, 300), word("bbbb", 1600, 1900)));
        assertThat(utterances).allSatisfy(utterance -> {
            assertThat(utterance.encoded().checksum()).isEqualTo("0badcafe");
            assertThat(utterance.hypothesis().averageLogProbability()).isEqualTo(-0.25);
            assertThat(utterance.hypothesis().tokens()).containsExactly(1, 2);
            assertThat(utterance.hypothesis().compressionRatio())
                    .as("of its own text")
                    .isNotEqualTo(1.5)
                    .isPositive();
            assertThat(utterance.encoded().featurizeMs()).isEqualTo(1.5);
            assertThat(utterance.encoded().encodeMs()).isEqualTo(3);
            assertThat(utterance.decodeMs()).isEqualTo(2);
            assertThat(utterance.alignMs()).isEqualTo(1);
        });
    }

    @Test
    void anUtteranceWithoutWordsIsWithoutSpeech() {
        List<DecodedWindow> utterances = unpacked(TWO, " late", true, List.of(word("late", 1600, 1900)));
        assertThat(utterances.get(0).hypothesis().speech()).isFalse();
        assertThat(utterances.get(0).hypothesis().text()).isEmpty();
        assertThat(utterances.get(1).hypothesis().speech()).isTrue();
        assertThat(utterances.get(1).hypothesis().text()).isEqualTo("late");
    }

    @Test
    void whatTheModelWroteInSilenceIsKeptOnce() {
        List<DecodedWindow> utterances = unpacked(TWO, "Thank you.", false, null);
        assertThat(utterances)
                .allSatisfy(
                        utterance -> assertThat(utterance.hypothesis().speech()).isFalse());
        assertThat(utterances)
                .extracting(utterance -> utterance.hypothesis().text())
                .containsExactly("Thank you.", "");
    }

    @Test
    void whatFailsTheWindowFailsEachUtterance() {
        WindowFailure failure = new WindowFailure("encode", DeadLetterCause.ENGINE_DEVICE, "gone");
        assertThat(Unpacking.utterances(DecodedWindow.failed(encoded(TWO), failure)))
                .hasSize(2)
                .allSatisfy(utterance -> assertThat(utterance.failure()).isEqualTo(failure));
    }

    /** Better a dead letter than text under the wrong time. */
    @Test
    void textWithoutWordTimesCannotBeDivided() {
        assertThat(unpacked(TWO, "one two", true, null)).hasSize(2).allSatisfy(utterance -> {
            assertThat(utterance.failure().cause()).isEqualTo(DeadLetterCause.ENGINE_FAILURE);
            assertThat(utterance.failure().message()).contains("find-speech.packing");
        });
    }
}
