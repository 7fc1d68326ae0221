package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.sounds.LineSound;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines on which nobody speaks, an hour in all, leave the speech engine alone. */
class LineSoundTest {
    private static final Logger LOG = LoggerFactory.getLogger(LineSoundTest.class);
    private static final int MINUTES_OF_EACH = 12;
    private static final int CHUNK_SAMPLES = 4000;

    @Test
    void nothingOfItIsSpeech() throws Exception {
        Map<LineSound, Integer> windows = new EnumMap<>(LineSound.class);
        long heardSamples = 0;
        long allSamples = 0;
        for (LineSound kind : LineSound.values()) {
            for (int minute = 0; minute < MINUTES_OF_EACH; minute++) {
                for (Span span : spans(kind.samples(60, minute))) {
                    long samples = span.endSample - span.startSample;
                    allSamples += samples;
                    if (span.kind == Span.Kind.SPEECH) {
                        heardSamples += samples;
                        windows.merge(kind, 1, Integer::sum);
                    }
                }
            }
        }
        LOG.info("Windows without a word: {}, {} s of {} s", windows, heardSamples / 16_000, allSamples / 16_000);
        assertThat(windows).isEmpty();
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
