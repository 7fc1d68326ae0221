package io.amanuensis.operators.align;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PackedUtterance;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.engine.NativeSpeechEngine;
import io.amanuensis.operators.engine.RunningDecoder;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Word;
import java.time.Duration;
import java.util.List;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlignFunctionTest {
    private static final int SAMPLES = 16_000;
    private static final SpeechEngine.Provider ECHO =
            NativeSpeechEngine.provider(null, ModelOptions.echo(), Duration.ofSeconds(30));

    private final AlignFunction align = new AlignFunction(ECHO);
    private EncodedWindow encoded;
    private Decoding decoding;
    private List<AlignedWord> words;

    @BeforeEach
    void decode() {
        align.open(new UnregisteredMetricsGroup());
        short[] samples = new short[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = (short) (1000 * Math.sin(i * 0.01));
        }
        CallChannel channel = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
        WindowInfo info = new WindowInfo(channel, 0, 3 * SAMPLES, SAMPLES, new OffsetRange("t", 0, 0, 0));
        try (SpeechEngine engine = ECHO.open();
                RunningDecoder decoder = engine.openDecoder(DecoderOptions.defaults())) {
            byte[] states = engine.encode(List.of(engine.logMel(samples)), new int[] {samples.length})
                    .get(0);
            encoded = new EncodedWindow(info, states, "", engine.facts(), 0, 0, Level.CPU, null);
            long ticket = decoder.add(states, DecodingOptions.defaults());
            assertThat(decoder.advance(Duration.ofSeconds(30))).containsExactly(ticket);
            decoding = decoder.result(ticket);
            words = decoder.align(ticket, decoding.tokens(), SAMPLES, decoding.language());
        }
    }

    @AfterEach
    void close() throws Exception {
        align.close();
    }

    @Test
    void wordsOfTheDecoderAreMovedToTheClockOfTheCall() {
        WindowOutcome outcome = outcome(new DecodedWindow(encoded.withoutStates(), speech(true), words, 1, 2.5, null));
        assertThat(outcome.transcript.getAlignment()).isEqualTo(Alignment.DTW);
        assertThat(outcome.transcript.getStageDurations().getAlignMs()).isEqualTo(2.5);
        assertThat(outcome.transcript.getWords())
                .containsExactlyElementsOf(words.stream()
                        .map(word ->
                                new Word(word.text(), 3000L + word.startMs(), 3000L + word.endMs(), word.probability()))
                        .toList())
                .isNotEmpty();
    }

    /** As a savepoint holds it of a job that aligned in this stage. */
    @Test
    void windowWithStatesAndWithoutWordsGetsTheSameOnes() {
        WindowOutcome now = outcome(new DecodedWindow(encoded, speech(true), null, 1, 0, null));
        WindowOutcome before = outcome(new DecodedWindow(encoded.withoutStates(), speech(true), words, 1, 0, null));
        assertThat(now.transcript.getWords())
                .isEqualTo(before.transcript.getWords())
                .isNotEmpty();
    }

    @Test
    void modelThatCannotAlignAndAWindowWithoutSpeechHaveNoWords() {
        WindowOutcome text = outcome(new DecodedWindow(encoded.withoutStates(), speech(true), null, 1, 0, null));
        assertThat(text.kind).isEqualTo(WindowOutcome.Kind.TEXT);
        WindowOutcome silence = outcome(new DecodedWindow(encoded.withoutStates(), speech(false), null, 1, 0, null));
        assertThat(silence.kind).isEqualTo(WindowOutcome.Kind.NON_SPEECH);
        assertThat(List.of(text, silence)).allSatisfy(outcome -> {
            assertThat(outcome.transcript.getAlignment()).isEqualTo(Alignment.SKIPPED);
            assertThat(outcome.transcript.getWords()).isEmpty();
        });
    }

    @Test
    void windowThatFailedIsADeadLetterForEachOfItsUtterances() {
        WindowInfo first = encoded.info();
        WindowInfo second = new WindowInfo(first.channel, 2, 9 * SAMPLES, SAMPLES / 2, first.origin);
        WindowInfo both = WindowInfo.ofPacked(
                List.of(new PackedUtterance(first, 0), new PackedUtterance(second, 2 * SAMPLES)),
                2 * SAMPLES + SAMPLES / 2,
                first.origin);
        EncodedWindow failed = EncodedWindow.failed(
                both, encoded.engine(), new WindowFailure("encode", DeadLetterCause.ENGINE_DEVICE, "gone"));
        WindowOutcome[] outcomes = align.apply(List.of(DecodedWindow.failed(failed, failed.failure())))
                .get(0)
                .outcomes;
        assertThat(outcomes).extracting(outcome -> outcome.info).containsExactly(first, second);
        assertThat(outcomes).extracting(outcome -> outcome.kind).containsOnly(WindowOutcome.Kind.FAILED);
        assertThat(outcomes)
                .extracting(outcome -> outcome.deadLetter.getStartMs())
                .containsExactly(3000L, 9000L);
        assertThat(outcomes).extracting(outcome -> outcome.deadLetter.getId()).doesNotHaveDuplicates();
        assertThat(outcomes)
                .extracting(outcome -> outcome.deadLetter.getCause())
                .containsOnly(DeadLetterCause.ENGINE_DEVICE);
    }

    private DecodedWindow.Hypothesis speech(boolean speech) {
        return new DecodedWindow.Hypothesis(
                decoding.tokens(), decoding.text(), decoding.language(), -0.1, 0.1, 1, speech);
    }

    private WindowOutcome outcome(DecodedWindow window) {
        return align.apply(List.of(window)).get(0).outcomes[0];
    }
}
