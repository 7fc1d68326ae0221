package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.sounds.LineSound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lines on which nobody speaks, an hour in all, give the speech engine nothing to do. */
class LineSoundTest {
    private static final int MINUTES_OF_EACH = 12;
    private static final int CHUNK_SAMPLES = 4000;

    @ParameterizedTest
    @EnumSource
    void nothingOfItIsSpeech(LineSound kind) throws Exception {
        List<String> heard = new ArrayList<>();
        for (int minute = 0; minute < MINUTES_OF_EACH; minute++) {
            for (Span span : spans(kind.samples(60, minute))) {
                if (span.kind == Span.Kind.SPEECH) {
                    heard.add("minute %d: %d to %d ms".formatted(minute, span.startSample / 16, span.endSample / 16));
                }
            }
        }
        assertThat(heard).isEmpty();
    }

    private static List<Span> spans(short[] sound) throws Exception {
        try (StageHarness<PcmChunk, ?> stage = StageHarness.start(
                new FindSpeechFunction(FindSpeechSettings.DEFAULT, () -> 480_000), PcmChunk::key, Backend.HASHMAP)) {
            for (int from = 0; from < sound.length; from += CHUNK_SAMPLES) {
                PcmChunk chunk = new PcmChunk();
                chunk.channel = Segments.channel("call", 0);
                chunk.startSample = from;
                chunk.samples = Arrays.copyOfRange(sound, from, from + CHUNK_SAMPLES);
                chunk.last = from + CHUNK_SAMPLES == sound.length;
                chunk.origin = new OffsetRange("audio", 3, from, from);
                stage.process(chunk);
            }
            return stage.takeSide(FindSpeechFunction.SPANS);
        }
    }
}
