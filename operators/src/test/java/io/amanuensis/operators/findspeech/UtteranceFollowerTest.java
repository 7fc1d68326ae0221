package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.UtteranceSoFar;
import io.amanuensis.operators.sequence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtteranceFollowerTest {
    private static final int MS = 16;
    /** Not a multiple of the interval, so that positions of the clock and of the sound differ. */
    private static final long START_SAMPLE = 123_460 * MS;

    private static final int WINDOW_SAMPLES = 30_000 * MS;
    /** The job's: 200 ms of speech, pauses of 400 (full window: 200) ms, 500 ms before, 300 ms after, seams heard by 500 ms of both sides. */
    private static final FindSpeechSettings SPEECH = FindSpeechSettings.DEFAULT.withDetector(new LevelDetector());

    private static final FollowSettings SETTINGS = new FollowSettings(true, 1000, 10_000);

    private final Random random = new Random(42);
    private final Recorder recorder = new Recorder();
    private int windowSamples = WINDOW_SAMPLES;
    private Following following = new Following();
    private ChannelSpeech speech;
    private long heardEndSample = START_SAMPLE;

    private static final class Recorder extends RecordedChannel implements UtteranceFollower.Output {
        private final List<String> events = new ArrayList<>();
        private final List<UtteranceSoFar> sounds = new ArrayList<>();

        @Override
        public void tell(SpeechNews news) {
            events.add("%s %d in %d, at %d"
                    .formatted(news.kind, ms(news.startSample), ms(news.utteranceStartSample), ms(news.endSample)));
        }

        @Override
        public void handOn(UtteranceSoFar sound) {
            sounds.add(sound);
        }

        private List<String> positions() {
            return sounds.stream()
                    .map(sound -> "%d: %d-%d%s"
                            .formatted(
                                    ms(sound.utteranceStartSample()),
                                    ms(sound.startSample()),
                                    ms(sound.endSample()),
                                    sound.closing() ? " closing" : ""))
                    .toList();
        }

        private static long ms(long sample) {
            return (sample - START_SAMPLE) / MS;
        }
    }

    private void hear(short[] samples) throws Exception {
        PcmChunk chunk = new PcmChunk();
        chunk.channel = Segments.channel("call", 0);
        chunk.startSample = heardEndSample;
        chunk.samples = samples;
        chunk.origin = new OffsetRange("audio", 0, 0, 0);
        finder(chunk).accept(chunk);
        heardEndSample += samples.length;
    }

    private void end() throws Exception {
        finder(null).end();
    }

    /** Anew for each chunk, as the function does. */
    private UtteranceFinder finder(PcmChunk first) {
        if (speech == null) {
            speech = ChannelSpeech.beginningWith(first, SPEECH.detector());
        }
        return new UtteranceFinder(
                SPEECH,
                windowSamples,
                true,
                speech,
                recorder,
                recorder,
                new UtteranceFollower(SETTINGS, windowSamples, following, recorder));
    }

    /** Loud for so many ms, then quiet for so many, and so on. */
    private short[] sound(int... ms) {
        short[] sound = new short[Arrays.stream(ms).sum() * MS];
        int at = 0;
        for (int i = 0; i < ms.length; i++) {
            int amplitude = i % 2 == 0 ? 4000 : 4;
            for (int end = at + ms[i] * MS; at < end; at++) {
                sound[at] = (short) random.nextInt(-amplitude, amplitude + 1);
            }
        }
        return sound;
    }

    @Test
    void soundSoFarIsHandedOnAtMultiplesOfTheIntervalOfTheCallsClock() throws Exception {
        short[] sound = sound(0, 1000, 3000, 1000);
        hear(sound);
        end();
        // Speech from 1000 with 500 before it; the clock has full seconds at 540, 1540, 2540, ...
        assertThat(recorder.positions()).containsExactly("500: 500-1540", "500: 500-2540", "500: 500-3540");
        for (UtteranceSoFar sounds : recorder.sounds) {
            assertThat(sounds.endSample() % (1000 * MS)).isZero();
            int from = (int) (sounds.startSample() - START_SAMPLE);
            assertThat(sounds.samples()).isEqualTo(Arrays.copyOfRange(sound, from, from + sounds.samples().length));
        }
        assertThat(recorder.windows)
                .extracting(window -> window.info().startSample)
                .containsExactly(recorder.sounds.get(0).utteranceStartSample());
    }

    @Test
    void speechStartsAndEndsWithin300MsOfSound() throws Exception {
        hear(sound(0, 1000, 2000, 1500, 700, 1500));
        assertThat(recorder.events)
                .containsExactly(
                        "STARTED 1000 in 500, at 1040",
                        "ENDED 3000 in 500, at 3200",
                        "STARTED 4500 in 4000, at 4540",
                        "ENDED 5200 in 4000, at 5400");
    }

    /** A pause that does not end the utterance ends speech; a click in it does not begin it again. */
    @Test
    void speechEndsAndStartsAgainWithinAnUtterance() throws Exception {
        hear(sound(0, 1000, 1000, 300, 1000, 250, 40, 2000));
        assertThat(recorder.windows).hasSize(1);
        assertThat(recorder.events)
                .containsExactly(
                        "STARTED 1000 in 500, at 1040",
                        "ENDED 2000 in 500, at 2200",
                        "STARTED 2300 in 500, at 2400",
                        "ENDED 3300 in 500, at 3500");
    }

    /** 40 ms are enough to say so, 200 for an utterance. */
    @Test
    void whatBeginsAndBecomesNoUtteranceEnds() throws Exception {
        hear(sound(0, 1000, 120, 1000, 20, 1000));
        assertThat(recorder.events).containsExactly("STARTED 1000 in 500, at 1040", "ENDED 1120 in 500, at 1340");
        hear(sound(100));
        end();
        assertThat(recorder.events).endsWith("STARTED 3140 in 2640, at 3180", "ENDED 3240 in 2640, at 3240");
        assertThat(recorder.windows).isEmpty();
    }

    @Test
    void nobodySpeaksBehindTheEndOfTheChannel() throws Exception {
        hear(sound(0, 1000, 1010));
        end();
        assertThat(recorder.events).containsExactly("STARTED 1000 in 500, at 1040", "ENDED 2010 in 500, at 2010");
    }

    /** As of a savepoint of a job without partials. */
    @Test
    void utteranceUnderWayThatNobodyFollowedIsFollowedFromNowOn() throws Exception {
        short[] sound = sound(0, 1000, 3000, 1000);
        hear(Arrays.copyOf(sound, 2000 * MS));
        following = new Following();
        recorder.events.clear();
        recorder.sounds.clear();
        hear(Arrays.copyOfRange(sound, 2000 * MS, sound.length));
        assertThat(recorder.positions()).containsExactly("500: 500-2540", "500: 500-3540");
        assertThat(recorder.events).containsExactly("STARTED 1000 in 500, at 2020", "ENDED 4000 in 500, at 4200");
    }

    /** 10 s are full in the middle of speech. */
    @Test
    void fullWindowIsAnotherUtteranceButNotTheEndOfSpeech() throws Exception {
        windowSamples = 10_000 * MS;
        short[] sound = sound(0, 1000, 9300, 100, 3000, 1000);
        hear(sound);
        assertThat(recorder.windows).hasSize(2);
        long second = recorder.windows.get(1).info().startSample;
        assertThat(recorder.events)
                .containsExactly(
                        "STARTED 1000 in 500, at 1040", "ENDED 13400 in %d, at 13600".formatted(Recorder.ms(second)));
        assertThat(new TreeSet<>(recorder.sounds.stream()
                        .map(UtteranceSoFar::utteranceStartSample)
                        .toList()))
                .containsExactly(recorder.windows.get(0).info().startSample, second);
        assertThat(recorder.sounds).allSatisfy(part -> {
            assertThat(part.samples().length).isLessThanOrEqualTo(windowSamples);
            int from = (int) (part.startSample() - START_SAMPLE);
            assertThat(part.samples())
                    .as("its own sound, without what the window hears of its neighbour")
                    .isEqualTo(Arrays.copyOfRange(sound, from, from + part.samples().length));
        });
    }

    /** 25 s without a pause; the quietest points are at 9000 and 18000. */
    @Test
    void piecesBoundWhatIsHeardAgain() throws Exception {
        hear(sound(0, 1000, 8000, 80, 9000, 80, 8000, 1000));
        List<UtteranceSoFar> closed =
                recorder.sounds.stream().filter(UtteranceSoFar::closing).toList();
        assertThat(closed)
                .extracting(sound -> Recorder.ms(sound.endSample()))
                .hasSize(2)
                .satisfies(ends -> {
                    assertThat(ends.get(0)).isBetween(9000L, 9080L);
                    assertThat(ends.get(1)).isBetween(18_080L, 18_160L);
                });
        long pieceStart = recorder.sounds.get(0).startSample();
        for (UtteranceSoFar sound : recorder.sounds) {
            assertThat(sound.startSample()).as("pieces follow one another").isEqualTo(pieceStart);
            assertThat(sound.samples().length).isLessThanOrEqualTo(10_000 * MS);
            pieceStart = sound.closing() ? sound.endSample() : pieceStart;
        }
        assertThat(recorder.sounds).filteredOn(sound -> !sound.closing()).hasSize(25);
    }

    /** With random speech and pauses, windows that fill, and pieces that are closed. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsToldDoesNotDependOnHowTheSoundIsCut(long seed) throws Exception {
        random.setSeed(seed);
        int[] parts = new int[40];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = i % 2 == 0 ? random.nextInt(20, i % 10 == 0 ? 14_000 : 1500) : random.nextInt(20, 900);
        }
        short[] sound = sound(parts);
        windowSamples = seed % 2 == 0 ? WINDOW_SAMPLES : 12_000 * MS;
        List<String> golden = null;
        for (int chunkMs : new int[] {250, 1000, 37, 5000, 3}) {
            recorder.windows.clear();
            recorder.events.clear();
            recorder.sounds.clear();
            recorder.chunks.clear();
            following = new Following();
            speech = null;
            heardEndSample = START_SAMPLE;
            for (int from = 0; from < sound.length; from += chunkMs * MS) {
                hear(Arrays.copyOfRange(sound, from, Math.min(sound.length, from + chunkMs * MS)));
            }
            end();
            List<String> told = new ArrayList<>(recorder.events);
            told.addAll(recorder.positions());
            recorder.sounds.forEach(so -> told.add(Integer.toString(Arrays.hashCode(so.samples()))));
            golden = golden == null ? told : golden;
            assertThat(told).as("chunks of %d ms", chunkMs).isEqualTo(golden);
        }
        assertThat(golden).hasSizeGreaterThan(60);
        TreeSet<Long> utterances = new TreeSet<>();
        recorder.windows.forEach(window -> utterances.add(window.info().startSample));
        assertThat(recorder.sounds)
                .as("every one becomes a window of the same start")
                .allSatisfy(so -> assertThat(utterances).contains(so.utteranceStartSample()));
    }
}
