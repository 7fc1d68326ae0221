package io.amanuensis.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeamWordsTest {
    private static final CallChannel CHANNEL = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
    private static final int CONTEXT_MS = 500;
    /** The first window is [0, 10000) ms and hears until 10500, the second [10000, 20000) and hears from 9500. */
    private static final long SEAM_MS = 10_000;

    private static Word word(String text, long startMs, long endMs) {
        return new Word(text, startMs, endMs, 0.9);
    }

    private static Transcript transcript(long startMs, long endMs, Word... words) {
        return Transcripts.of(CHANNEL, startMs, endMs, words);
    }

    private static WindowInfo info(long startMs, long endMs, int beforeMs, int afterMs) {
        WindowInfo info = new WindowInfo(CHANNEL, 0, startMs * 16, (int) (endMs - startMs) * 16, null);
        info.contextBeforeSamples = beforeMs * 16;
        info.contextAfterSamples = afterMs * 16;
        return info;
    }

    /** What both windows keep, one after the other. */
    private static List<Transcript> kept(List<Word> first, List<Word> second) {
        Transcript before = transcript(0, SEAM_MS, first.toArray(Word[]::new));
        Transcript after = transcript(SEAM_MS, 2 * SEAM_MS, second.toArray(Word[]::new));
        WindowInfo beforeInfo = info(0, SEAM_MS, 0, CONTEXT_MS);
        SeamMemory memory = SeamWords.memory(before, beforeInfo, null);
        return List.of(
                SeamWords.kept(before, beforeInfo, null),
                SeamWords.kept(after, info(SEAM_MS, 2 * SEAM_MS, CONTEXT_MS, 0), memory));
    }

    private static String text(List<Transcript> transcripts) {
        return transcripts.stream().map(Transcript::getText).collect(Collectors.joining(" | "));
    }

    @Test
    void eachWordStaysOnTheSideOfItsMiddle() {
        assertThat(text(kept(
                        List.of(word("one", 9000, 9400), word("two,", 9600, 9900), word("three", 10_100, 10_400)),
                        List.of(
                                word("two,", 9600, 9900),
                                word("three", 10_100, 10_400),
                                word("four.", 10_500, 10_900)))))
                .isEqualTo("one two, | three four.");
    }

    @Test
    void aWordThatTheWindowsPlaceOnDifferentSidesIsKeptOnce() {
        assertThat(text(kept(
                        List.of(word("one", 9000, 9400), word("seam", 9800, 10_150)),
                        List.of(word("seam,", 9900, 10_300), word("two", 10_400, 10_700)))))
                .as("each would keep it")
                .isEqualTo("one seam | two");
        assertThat(text(kept(
                        List.of(word("one", 9000, 9400), word("seam", 9900, 10_300)),
                        List.of(word("seam,", 9800, 10_150), word("two", 10_400, 10_700)))))
                .as("neither would keep it")
                .isEqualTo("one | seam, two");
    }

    @Test
    void aWordThatTheWindowsHeardDifferentlyIsKeptOnce() {
        assertThat(text(kept(
                        List.of(word("one", 9000, 9400), word("ordered", 9700, 10_250)),
                        List.of(word("order", 9800, 10_300), word("two", 10_400, 10_700)))))
                .isEqualTo("one ordered | two");
    }

    @Test
    void aWordThatIsSaidTwiceIsKeptTwice() {
        assertThat(text(kept(
                        List.of(word("nine", 9400, 9800), word("nine", 10_000, 10_400)),
                        List.of(word("nine", 9500, 9800), word("nine", 10_000, 10_400), word("two", 10_500, 10_700)))))
                .isEqualTo("nine | nine two");
    }

    @Test
    void wordsStayWithinTheirWindowAndTheTextIsCutWithItsPunctuation() {
        List<Transcript> kept = kept(
                List.of(word("Yes,", 9000, 9400), word("seam.", 9700, 10_200), word("Then", 10_200, 10_400)),
                List.of(word("seam.", 9600, 10_150), word("Then", 10_150, 10_400), word("two!", 10_500, 10_900)));
        assertThat(text(kept)).isEqualTo("Yes, seam. | Then two!");
        assertThat(kept.get(0).getWords().get(1).getEndMs()).isEqualTo(SEAM_MS);
        assertThat(kept.get(1).getWords()).extracting(Word::getText).containsExactly("Then", "two!");
    }

    @Test
    void withoutASeamNothingChanges() {
        Transcript transcript = transcript(0, SEAM_MS, word("late", 9900, 10_500));
        assertThat(SeamWords.kept(transcript, info(0, SEAM_MS, 0, 0), null)).isSameAs(transcript);
        assertThat(SeamWords.memory(transcript, info(0, SEAM_MS, 0, 0), null)).isNull();
    }

    /** The same sentence to both windows, each with word times of its own error, as cross-attention gives them. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noWordIsLostOrDoubledWhereverTheSeamFalls(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<String> said = new ArrayList<>();
            List<Word> first = new ArrayList<>();
            List<Word> second = new ArrayList<>();
            long at = 8500 + random.nextInt(400);
            for (int i = 0; at < 11_500; i++) {
                long end = at + random.nextInt(150, 500);
                String text = "w" + i;
                said.add(text);
                if (at + 100 < SEAM_MS + CONTEXT_MS) {
                    first.add(jittered(text, at, end, random));
                }
                if (end - 100 > SEAM_MS - CONTEXT_MS) {
                    second.add(jittered(text, at, end, random));
                }
                at = end + random.nextInt(0, 120);
            }
            assertThat(text(kept(first, second)).replace(" | ", " ").strip())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(String.join(" ", said));
        }
    }

    private static Word jittered(String text, long startMs, long endMs, Random random) {
        long shift = random.nextInt(-120, 80);
        return word(text, startMs + shift, endMs + shift);
    }
}
