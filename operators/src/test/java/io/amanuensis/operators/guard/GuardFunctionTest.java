package io.amanuensis.operators.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.SuppressedReason;
import io.amanuensis.schemas.SuppressedText;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardFunctionTest {
    private static final int WINDOW_SECONDS = 10;
    private static final double UNKNOWN = 0;

    private static final GuardSettings DISABLED =
            new GuardSettings(false, 0.6, -1, 2.4, 0.5, 8, 0.25, 0.1, 0.3, List.of());

    private record Judged(WindowOutcome outcome, List<SuppressedText> suppressed) {}

    /** Words, as many as wanted: ordinary speech is "one two three ..." */
    private static String words(int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add("word" + i);
        }
        return String.join(" ", words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // text; compression ratio; log-probability; no-speech probability; speech ratio (0: unknown); reason
                "20 words                            | 1.2 | -0.3 | 0.1 | 0.8  | -",
                "20 words                            | 1.2 | -2.0 | 0.9 | 0.8  | -",
                "20 words                            | 1.2 | -0.3 | 0.1 | 0    | -",
                // repetition: the ratio and one more
                "thank you thank you thank you thank you | 2.5 | -0.3 | 0.1 | 0.8 | REPETITION",
                "thank you thank you thank you thank you | 2.4 | -0.3 | 0.1 | 0.8 | -",
                "thank you thank you thank you       | 2.5 | -0.3 | 0.1 | 0.8  | -",
                "20 words                            | 2.5 | -1.1 | 0.1 | 0.8  | REPETITION",
                "20 words                            | 2.5 | -1.0 | 0.1 | 0.8  | -",
                // a phone number
                "six six six six six                 | 1.4 | -0.1 | 0.0 | 0.5  | -",
                // speed: 8 words a second of the window
                "80 words                            | 1.2 | -0.3 | 0.1 | 0    | -",
                "81 words                            | 1.2 | -0.3 | 0.1 | 0    | TOO_FAST",
                // sparsity: a quarter of a word a second of speech, from 5 s on
                "2 words                             | 1.0 | -0.3 | 0.1 | 0.81 | TOO_SPARSE",
                "2 words                             | 1.0 | -0.3 | 0.1 | 0.8  | -",
                "1 words                             | 1.0 | -0.3 | 0.1 | 0.49 | -",
                "1 words                             | 1.0 | -0.3 | 0.1 | 0.5  | TOO_SPARSE",
                "1 words                             | 1.0 | -0.3 | 0.1 | 0    | -",
                // little speech: the detector and the model agree
                "5 words                             | 1.0 | -0.3 | 0.61| 0.09 | LITTLE_SPEECH",
                "5 words                             | 1.0 | -0.3 | 0.6 | 0.09 | -",
                "5 words                             | 1.0 | -0.3 | 0.61| 0.1  | -",
                "5 words                             | 1.0 | -0.3 | 0.61| 0    | -",
                // phrases only where the detector heard little
                "Thank you for watching!             | 1.0 | -0.2 | 0.1 | 0.29 | PHRASE",
                "Thank you for watching!             | 1.0 | -0.2 | 0.1 | 0.3  | -",
                "Thank you for watching!             | 1.0 | -0.2 | 0.1 | 0    | -",
                "Thanks for watching. Please subscribe. | 1.0 | -0.2 | 0.1 | 0.29 | PHRASE",
                "Thank you for watching my house     | 1.0 | -0.2 | 0.1 | 0.29 | -",
                "Thank you                           | 1.0 | -0.2 | 0.1 | 0.29 | -",
            })
    void judgesByAllTheEvidenceTogether(
            String text,
            double compressionRatio,
            double logProbability,
            double noSpeech,
            double speechRatio,
            SuppressedReason reason)
            throws Exception {
        String said = text.endsWith(" words") ? words(Integer.parseInt(text.split(" ")[0])) : text;
        Transcript transcript = transcript(said, compressionRatio, logProbability, noSpeech);
        Judged judged =
                judge(GuardSettings.DEFAULT, WindowOutcome.of(info(speechRatio), WindowOutcome.Kind.TEXT, transcript));
        assertThat(judged.outcome.suppressedReason).isEqualTo(reason);
        assertThat(judged.outcome.kind)
                .isEqualTo(reason == null ? WindowOutcome.Kind.TEXT : WindowOutcome.Kind.NON_SPEECH);
        assertThat(judged.outcome.transcript).isEqualTo(transcript);
        assertThat(judged.suppressed).hasSize(reason == null ? 0 : 1);
    }

    @Test
    void whatIsSuppressedIsKeptWithItsEvidence() throws Exception {
        Transcript transcript = transcript("Thank you for watching!", 0.9, -0.4, 0.2);
        Judged judged = judge(GuardSettings.DEFAULT, WindowOutcome.of(info(0.25), WindowOutcome.Kind.TEXT, transcript));
        SuppressedText text = judged.suppressed.get(0);
        assertThat(text.getId()).isEqualTo(transcript.getId());
        assertThat(text.getText()).isEqualTo("Thank you for watching!");
        assertThat(text.getSuppressedReason()).isEqualTo(SuppressedReason.PHRASE);
        assertThat(text.getDetail()).isEqualTo("a phrase of the list, speech ratio 0.250 below 0.3");
        assertThat(text.getSpeechRatio()).isEqualTo(0.25);
        assertThat(text.getWords()).isEqualTo(4);
        assertThat(text.getWordsPerSecond()).isEqualTo(0.4);
        assertThat(text.getAverageLogProbability()).isEqualTo(-0.4);
        assertThat(text.getNoSpeechProbability()).isEqualTo(0.2);
        assertThat(text.getCompressionRatio()).isEqualTo(0.9);
        assertThat(text.getRole()).isEqualTo(ChannelRole.AGENT);
    }

    @Test
    void textOfAWindowThatTheModelTookForSilentIsKeptToo() throws Exception {
        Transcript unsure = transcript("mumble", 1, -1.5, 0.75);
        Judged judged =
                judge(GuardSettings.DEFAULT, WindowOutcome.of(info(UNKNOWN), WindowOutcome.Kind.NON_SPEECH, unsure));
        assertThat(judged.outcome.suppressedReason).isEqualTo(SuppressedReason.NO_SPEECH);
        assertThat(judged.suppressed.get(0).getText()).isEqualTo("mumble");
        assertThat(judged.suppressed.get(0).getSpeechRatio()).isNull();
        Judged empty = judge(
                GuardSettings.DEFAULT,
                WindowOutcome.of(info(UNKNOWN), WindowOutcome.Kind.NON_SPEECH, transcript(" ", 1, -1.5, 0.75)));
        assertThat(empty.outcome.suppressedReason).isNull();
        assertThat(empty.suppressed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"logProbability", "noSpeech", "compressionRatio", "word"})
    void whatIsNotANumberIsAFailedWindowAndNeverText(String what) throws Exception {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            for (WindowOutcome.Kind kind : List.of(WindowOutcome.Kind.TEXT, WindowOutcome.Kind.NON_SPEECH)) {
                Transcript transcript = transcript(
                        "hello",
                        what.equals("compressionRatio") ? value : 1,
                        what.equals("logProbability") ? value : -0.1,
                        what.equals("noSpeech") ? value : 0.1);
                transcript.setWords(List.of(new Word("hello", 0L, 1L, what.equals("word") ? value : 0.5)));
                Judged judged = judge(DISABLED, WindowOutcome.of(info(0.5), kind, transcript));
                assertThat(judged.outcome.kind).isEqualTo(WindowOutcome.Kind.FAILED);
                assertThat(judged.outcome.deadLetter.getCause()).isEqualTo(DeadLetterCause.ENGINE_FAILURE);
                assertThat(judged.outcome.deadLetter.getStage()).isEqualTo("guard");
                assertThat(judged.outcome.deadLetter.getMessage()).contains("is " + value);
                assertThat(judged.suppressed).isEmpty();
            }
        }
    }

    @Test
    void failedWindowsPass() throws Exception {
        WindowOutcome failed = WindowOutcome.failed(
                info(0.5), DeadLetters.ofWindow("encode", DeadLetterCause.ENGINE_DEADLINE, "too slow", info(0.5)));
        assertThat(judge(GuardSettings.DEFAULT, failed).outcome)
                .usingRecursiveComparison()
                .isEqualTo(failed);
    }

    @Test
    void nothingIsSuppressedWhereItIsSwitchedOff() throws Exception {
        String loop = String.join(" ", Collections.nCopies(200, "you"));
        WindowOutcome outcome = WindowOutcome.of(info(0.05), WindowOutcome.Kind.TEXT, transcript(loop, 20, -3, 0.9));
        assertThat(judge(DISABLED, outcome).outcome.kind).isEqualTo(WindowOutcome.Kind.TEXT);
        assertThat(judge(GuardSettings.DEFAULT, outcome).outcome.kind).isEqualTo(WindowOutcome.Kind.NON_SPEECH);
    }

    private static Judged judge(GuardSettings settings, WindowOutcome outcome) throws Exception {
        try (var harness = new OneInputStreamOperatorTestHarness<WindowOutcome, WindowOutcome>(
                new ProcessOperator<>(new GuardFunction(settings)))) {
            harness.open();
            harness.processElement(outcome, 0);
            Queue<StreamRecord<SuppressedText>> side = harness.getSideOutput(GuardFunction.SUPPRESSED);
            return new Judged(
                    harness.extractOutputValues().get(0),
                    side == null
                            ? List.of()
                            : side.stream().map(StreamRecord::getValue).toList());
        }
    }

    private static WindowInfo info(double speechRatio) {
        CallChannel channel = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
        int samples = WINDOW_SECONDS * 16_000;
        return new WindowInfo(
                channel, 3, 16_000, samples, (int) Math.round(speechRatio * samples), new OffsetRange("t", 0, 1, 2));
    }

    private static Transcript transcript(
            String text, double compressionRatio, double averageLogProbability, double noSpeechProbability) {
        return Transcript.newBuilder()
                .setId("id")
                .setTenant("acme")
                .setCallId("call")
                .setChannel(0)
                .setRole(ChannelRole.AGENT)
                .setStreamEpoch(0)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs(1000)
                .setEndMs(11_000)
                .setText(text)
                .setWords(List.of())
                .setAlignment(Alignment.SKIPPED)
                .setLanguage("en")
                .setTokens(List.of())
                .setAverageLogProbability(averageLogProbability)
                .setNoSpeechProbability(noSpeechProbability)
                .setCompressionRatio(compressionRatio)
                .setModelName("m")
                .setModelHash("h")
                .setBackEnd("echo")
                .setLibraryBuild("b")
                .setEncoderChecksum("c")
                .setDegradationLevel(2)
                .setOrigin(new Origin("t", 0, 1L, 2L))
                .setStageDurations(new StageDurations())
                .build();
    }
}
