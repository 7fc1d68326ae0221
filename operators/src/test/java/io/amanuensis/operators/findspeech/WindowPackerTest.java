package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PackedUtterance;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.sequence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowPackerTest {
    private static final int MS = 16;
    private static final int WINDOW_SAMPLES = 10_000 * MS;
    private static final int FRAME_SAMPLES = 20 * MS;
    private static final int WAIT_MS = 12_000;
    private static final PackingSettings ON = new PackingSettings(true, WAIT_MS);

    private final RecordedChannel kept = new RecordedChannel();
    private final List<PcmWindow> packed = new ArrayList<>();
    private final ChannelSpeech speech = new ChannelSpeech();
    private PackingSettings settings = ON;
    private long index;
    private int noted;

    /** A new one for each call, as in the stage. */
    private WindowPacker packer() {
        return new WindowPacker(settings, WINDOW_SAMPLES, FindSpeechSettings.DEFAULT, speech, kept, packed::add);
    }

    private PcmWindow utterance(long startSample, int count, Random random) {
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) (1 + random.nextInt(1000));
        }
        WindowInfo info = new WindowInfo(
                Segments.channel("call", 0),
                index,
                startSample,
                count,
                count / 2,
                new OffsetRange("audio", 3, index, index));
        index += 2;
        return new PcmWindow(info, samples);
    }

    private PcmWindow utterance(int startMs, int lengthMs) {
        return utterance((long) startMs * MS, lengthMs * MS, new Random(startMs));
    }

    /** Every utterance is in one window, in order, untouched, where the window says, with silence before and behind. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyUtteranceLiesInOneWindowWhereItSays(long seed) throws Exception {
        Random random = new Random(seed);
        List<PcmWindow> utterances = new ArrayList<>();
        Map<Long, Long> emittedAt = new HashMap<>();
        long heard = 1_000_003;
        for (int i = 0; i < 200; i++) {
            long start = heard + random.nextInt(random.nextInt(4) == 0 ? 20_000 * MS : 2000 * MS);
            int count = 1 + random.nextInt(random.nextInt(3) == 0 ? WINDOW_SAMPLES : 3000 * MS);
            for (; heard < start + count; heard += FRAME_SAMPLES) {
                hear(heard + FRAME_SAMPLES, emittedAt);
            }
            PcmWindow utterance = utterance(start, count, random);
            utterances.add(utterance);
            packer().add(utterance);
            note(heard, emittedAt);
        }
        packer().close();
        note(heard, emittedAt);

        List<PcmWindow> unpacked = new ArrayList<>();
        for (PcmWindow window : packed) {
            assertThat(window.samples().length).isLessThanOrEqualTo(WINDOW_SAMPLES);
            if (window.info().packed.isEmpty()) {
                unpacked.add(window);
                continue;
            }
            assertThat(window.info().packed).hasSizeGreaterThan(1);
            short[] rest = window.samples().clone();
            OffsetRange origin = null;
            int end = 0;
            for (PackedUtterance part : window.info().packed) {
                int from = part.offsetSamples();
                assertThat(from % FRAME_SAMPLES).isZero();
                assertThat(from - end).isBetween(end == 0 ? 0 : 500 * MS, 520 * MS);
                end = from + part.info().sampleCount;
                unpacked.add(new PcmWindow(part.info(), Arrays.copyOfRange(window.samples(), from, end)));
                Arrays.fill(rest, from, end, (short) 0);
                origin = origin == null ? part.info().origin : origin.union(part.info().origin);
            }
            assertThat(rest).as("silence between them").isEqualTo(new short[rest.length]);
            assertThat(window.info().origin).isEqualTo(origin);
            assertThat(window.info().index)
                    .isEqualTo(window.info().packed.get(0).info().index);
            assertThat(window.info().speechSamples)
                    .isEqualTo(window.info().packed.stream()
                            .mapToInt(part -> part.info().speechSamples)
                            .sum());
        }
        assertThat(unpacked).hasSameSizeAs(utterances);
        for (int i = 0; i < utterances.size(); i++) {
            assertThat(unpacked.get(i).info()).isSameAs(utterances.get(i).info());
            assertThat(unpacked.get(i).samples()).isEqualTo(utterances.get(i).samples());
        }
        assertThat(packed.size()).as("windows of 200 utterances").isLessThan(150);
        assertThat(kept.chunks).as("sound left in state").isEmpty();
        for (PcmWindow utterance : utterances) {
            WindowInfo info = utterance.info();
            assertThat(emittedAt.get(info.index) - info.startSample - info.sampleCount)
                    .as("wait of %s", info)
                    .isLessThanOrEqualTo((long) WAIT_MS * MS + FRAME_SAMPLES);
        }
    }

    private void hear(long endSample, Map<Long, Long> emittedAt) throws Exception {
        packer().heard(endSample);
        note(endSample, emittedAt);
    }

    /** When each utterance that has left since the last call left. */
    private void note(long heard, Map<Long, Long> emittedAt) {
        for (; noted < packed.size(); noted++) {
            WindowInfo info = packed.get(noted).info();
            if (info.packed.isEmpty()) {
                emittedAt.put(info.index, heard);
            }
            info.packed.forEach(part -> emittedAt.put(part.info().index, heard));
        }
    }

    @Test
    void anUtteranceWaitsNoLongerThanItMay() throws Exception {
        packer().add(utterance(0, 2000));
        packer().heard((2000 + WAIT_MS) * MS - 1);
        assertThat(packed).isEmpty();
        packer().heard((2000 + WAIT_MS) * MS);
        assertThat(packed).singleElement().satisfies(window -> assertThat(window.info().packed)
                .as("alone it is a window as any other")
                .isEmpty());
        assertThat(speech.pack).isNull();
    }

    @Test
    void aWindowWithoutRoomForAnotherWaitsForNone() throws Exception {
        packer().add(utterance(0, 8500)); // 500 ms of silence and 1 s of the shortest utterance fit behind it
        assertThat(packed).isEmpty();
        packer().add(utterance(9000, 8501));
        assertThat(packed).hasSize(2);
    }

    @Test
    void whatTouchesASeamGoesByItselfBehindWhatWaits() throws Exception {
        packer().add(utterance(0, 1000));
        PcmWindow cut = utterance(2000, 9000);
        cut.info().sampleCount -= 500 * MS;
        cut.info().contextAfterSamples = 500 * MS;
        packer().add(cut);
        PcmWindow rest = utterance(10_500, 1500);
        rest.info().sampleCount -= 500 * MS;
        rest.info().contextBeforeSamples = 500 * MS;
        packer().add(rest);
        assertThat(packed).extracting(window -> window.info().index).containsExactly(0L, 2L, 4L);
        assertThat(packed).allSatisfy(window -> assertThat(window.info().packed).isEmpty());
    }

    /** A job restored with packing off hands out what waited under the old settings. */
    @Test
    void turnedOffItKeepsNothingBack() throws Exception {
        packer().add(utterance(0, 1000));
        packer().add(utterance(2000, 1000));
        settings = PackingSettings.OFF;
        packer().heard(3000 * MS);
        assertThat(packed).singleElement().satisfies(window -> assertThat(window.info().packed)
                .hasSize(2));
        packer().add(utterance(4000, 1000));
        assertThat(packed).hasSize(2);
    }
}
