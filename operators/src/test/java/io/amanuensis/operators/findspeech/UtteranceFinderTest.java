package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.sequence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtteranceFinderTest {
    private static final int MS = 16;
    private static final long START_SAMPLE = 1_000_000;
    /** Round numbers: 100 ms of speech, pauses of 400 (full window: 200) ms, 300 ms before, 200 ms after, 1 s of search, 10 s of non-speech. */
    private static final FindSpeechSettings SETTINGS =
            new FindSpeechSettings(new LevelDetector(), 100, 100, 400, 200, 300, 200, 1000, 0, 10_000);

    private static final int WINDOW_SAMPLES = 5000 * MS;

    private final Random random = new Random(42);
    private FindSpeechSettings settings = SETTINGS;
    private boolean wordTimes = true;
    private final Recorder recorder = new Recorder();
    private ChannelSpeech speech;
    private long heardEndSample = START_SAMPLE;

    /** Keeps everything and checks what always holds. */
    private static final class Recorder extends RecordedChannel implements UtteranceListener {
        private final List<String> events = new ArrayList<>();
        private int mostChunks;
        private String pending;

        @Override
        public void announce(Span span) {
            assertThat(span.index).isEqualTo(START_SAMPLE + spans.size());
            assertThat(span.beginsRun()).isEqualTo(span.startSample - START_SAMPLE == spans.size());
            assertThat(span.startSample)
                    .isEqualTo(spans.isEmpty() ? START_SAMPLE : spans.get(spans.size() - 1).endSample);
            assertThat(span.kind == Span.Kind.END).isEqualTo(span.startSample == span.endSample);
            super.announce(span);
        }

        @Override
        public void emit(PcmWindow window) {
            Span span = spans.get(spans.size() - 1);
            assertThat(span.kind).isEqualTo(Span.Kind.SPEECH);
            assertThat(window.info().index).isEqualTo(span.index);
            assertThat(window.info().startSample).isEqualTo(span.startSample);
            assertThat(window.info().sampleCount).isEqualTo((int) (span.endSample - span.startSample));
            assertThat(window.info().soundSamples()).isLessThanOrEqualTo(WINDOW_SAMPLES);
            assertThat(window.info().speechSamples).isBetween(1, window.info().sampleCount);
            super.emit(window);
        }

        @Override
        public void mayBegin(OpenUtterance utterance, double certainSamples) {
            pending = "#%d %d, spoken from %d"
                    .formatted(number(utterance), ms(utterance.startSample()), ms(utterance.speechStartSample()));
        }

        @Override
        public void didNotBegin(OpenUtterance utterance) {
            events.add("nothing " + pending);
        }

        @Override
        public void began(OpenUtterance utterance) {
            events.add("began #%d %d%s, spoken from %d, at %d"
                    .formatted(
                            number(utterance),
                            ms(utterance.startSample()),
                            utterance.continuesSeam() ? " behind a seam" : "",
                            ms(utterance.speechStartSample()),
                            ms(utterance.heardEndSample())));
        }

        /** Each second of an utterance: the sound of it so far. */
        @Override
        public void heard(OpenUtterance utterance, int frameSamples) throws Exception {
            long heard = utterance.heardEndSample() - utterance.startSample();
            if (heard / (1000 * MS) > (heard - frameSamples) / (1000 * MS)) {
                PcmWindow soFar = utterance.soFar();
                assertThat(soFar.info().startSample).isEqualTo(utterance.startSample());
                assertThat(soFar.info().index).isEqualTo(utterance.index());
                events.add("heard #%d to %d, %s"
                        .formatted(
                                number(utterance),
                                ms(utterance.startSample() + soFar.info().sampleCount),
                                Arrays.hashCode(soFar.samples())));
            }
        }

        @Override
        public void ended(OpenUtterance utterance, long endSample) {
            events.add("ended #%d %d, spoken to %d, at %d"
                    .formatted(
                            number(utterance),
                            ms(endSample),
                            ms(utterance.speechEndSample()),
                            ms(utterance.heardEndSample())));
        }

        private static long number(OpenUtterance utterance) {
            return utterance.index() - START_SAMPLE;
        }

        private static long ms(long sample) {
            return (sample - START_SAMPLE) / MS;
        }

        @Override
        public void put(long number, StoredChunk chunk) {
            super.put(number, chunk);
            mostChunks = Math.max(mostChunks, chunks.size());
        }

        @Override
        public void remove(long number) {
            assertThat(chunks.remove(number)).isNotNull();
        }

        /** In ms from the start, rounded down. */
        private List<String> lines() {
            return spans.stream()
                    .map(span -> span.kind + " " + (span.startSample - START_SAMPLE) / MS + " "
                            + (span.endSample - START_SAMPLE) / MS)
                    .toList();
        }
    }

    private UtteranceFinder finder() {
        return new UtteranceFinder(settings, WINDOW_SAMPLES, wordTimes, speech, recorder, recorder, recorder);
    }

    private PcmChunk chunk(short[] samples) {
        PcmChunk chunk = new PcmChunk();
        chunk.channel = Segments.channel("call", 0);
        chunk.startSample = heardEndSample;
        chunk.samples = samples;
        chunk.origin = new OffsetRange("audio", 3, heardEndSample, heardEndSample + 1);
        heardEndSample += samples.length;
        return chunk;
    }

    private void hear(short[] samples) throws Exception {
        PcmChunk chunk = chunk(samples);
        if (speech == null) {
            speech = ChannelSpeech.beginningWith(chunk, settings.detector());
        }
        finder().accept(chunk);
    }

    private void gap(int ms) throws Exception {
        PcmChunk chunk = chunk(new short[0]);
        chunk.gapSamples = ms * MS;
        heardEndSample += chunk.gapSamples;
        finder().accept(chunk);
    }

    private void end() throws Exception {
        finder().end();
    }

    private short[] noise(int ms, int amplitude) {
        short[] samples = new short[ms * MS];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) random.nextInt(-amplitude, amplitude + 1);
        }
        return samples;
    }

    private short[] talk(int ms) {
        return noise(ms, 5000);
    }

    private static short[] silence(int ms) {
        return new short[ms * MS];
    }

    private static short[] concatenate(short[]... parts) {
        short[] all =
                new short[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (short[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @Test
    void padsAnUtteranceAndPartitionsTheRest() throws Exception {
        hear(silence(1000));
        hear(talk(1000));
        hear(silence(1000));
        end();
        assertThat(recorder.lines())
                .containsExactly("NON_SPEECH 0 700", "SPEECH 700 2200", "NON_SPEECH 2200 3000", "END 3000 3000");
    }

    @Test
    void utterancesAreFollowedWhileTheyAreSpoken() throws Exception {
        short[] sound = concatenate(silence(1000), talk(1000), silence(1000));
        hear(sound);
        end();
        assertThat(recorder.events)
                .containsExactly(
                        "began #1 700, spoken from 1000, at 1100",
                        "heard #1 to 1700, " + Arrays.hashCode(Arrays.copyOfRange(sound, 700 * MS, 1700 * MS)),
                        "ended #1 2200, spoken to 2000, at 2340");
    }

    @Test
    void whatGoesOnBehindASeamIsAnotherUtteranceAndSaysSo() throws Exception {
        hear(concatenate(talk(4400), noise(100, 1500), talk(3000), silence(1000)));
        end();
        assertThat(recorder.events)
                .filteredOn(event -> !event.startsWith("heard"))
                .containsExactly(
                        "began #0 0, spoken from 0, at 100",
                        "ended #0 4450, spoken to 5000, at 5020",
                        "began #1 4450 behind a seam, spoken from 4450, at 5020",
                        "ended #1 7700, spoken to 7500, at 7780");
    }

    @Test
    void windowsHoldTheSoundOfTheirSpan() throws Exception {
        short[] sound = concatenate(silence(500), talk(700), silence(700), talk(300), silence(1000));
        hear(sound);
        end();
        assertThat(recorder.windows).hasSize(2);
        for (PcmWindow window : recorder.windows) {
            int from = (int) (window.info().startSample - START_SAMPLE);
            assertThat(window.samples()).isEqualTo(Arrays.copyOfRange(sound, from, from + window.info().sampleCount));
        }
    }

    @Test
    void aPauseEndsAnUtteranceAndTheNextBeginsBehindIt() throws Exception {
        hear(concatenate(talk(1000), silence(340), talk(1000), silence(400), talk(1000), silence(1000)));
        end();
        assertThat(recorder.lines())
                .containsExactly("SPEECH 0 2540", "SPEECH 2540 3940", "NON_SPEECH 3940 4740", "END 4740 4740");
    }

    /** Of the window of 5 s 4 s are full: a pause of 400 - 4 / 5 x (400 - 200) = 240 ms is enough. */
    @Test
    void theFullerTheWindowTheShorterThePauseThatIsEnough() throws Exception {
        hear(concatenate(talk(3740), silence(260), talk(200), silence(600)));
        end();
        assertThat(recorder.lines()).startsWith("SPEECH 0 3940", "SPEECH 3940 4400");
    }

    @Test
    void aClickIsNoSpeechButAShortWordIs() throws Exception {
        hear(concatenate(silence(500), talk(80), silence(500), talk(100), silence(1000)));
        end();
        assertThat(recorder.lines())
                .containsExactly("NON_SPEECH 0 780", "SPEECH 780 1380", "NON_SPEECH 1380 2180", "END 2180 2180");
    }

    @Test
    void aWordMayBreakOffForAMoment() throws Exception {
        hear(concatenate(silence(500), talk(60), silence(100), talk(60), silence(1000)));
        end();
        assertThat(recorder.lines()).startsWith("NON_SPEECH 0 200", "SPEECH 200 920");
    }

    /** 100 ms of certain speech begin an utterance, or 400 ms of what is a quarter as certain. */
    @Test
    void theLessCertainTheMoreSpeechItTakes() throws Exception {
        settings = SETTINGS.withDetector(new LevelDetector(0.25f));
        hear(concatenate(silence(1000), talk(380), silence(620), talk(400), silence(1000)));
        end();
        assertThat(recorder.lines()).startsWith("NON_SPEECH 0 1700", "SPEECH 1700 2600");
        assertThat(recorder.events)
                .startsWith("nothing #0 700, spoken from 1000", "began #1 1700, spoken from 2000, at 2400");
    }

    /** It would be kept until the window is full. */
    @Test
    void whatIsHardlyCertainIsForgottenAfterASecond() throws Exception {
        settings = SETTINGS.withDetector(new LevelDetector(0.09f));
        hear(concatenate(silence(1000), talk(4000), silence(1000)));
        end();
        assertThat(recorder.windows).isEmpty();
        assertThat(recorder.events)
                .containsExactly(
                        "nothing #0 700, spoken from 1000",
                        "nothing #0 1700, spoken from 2000",
                        "nothing #0 2700, spoken from 3000",
                        "nothing #0 3700, spoken from 4000");
    }

    @Test
    void speechWithoutAPauseIsCutAtItsQuietestPoint() throws Exception {
        hear(concatenate(talk(4400), noise(100, 1500), talk(3000), silence(1000)));
        end();
        assertThat(recorder.lines()).startsWith("SPEECH 0 4450", "SPEECH 4450 7700");
    }

    private static FindSpeechSettings withSeamContext(FindSpeechSettings settings, int ms) {
        return new FindSpeechSettings(
                settings.detector(),
                settings.minSpeechMs(),
                settings.maxDipMs(),
                settings.minSilenceMs(),
                settings.minSilenceFullMs(),
                settings.paddingBeforeMs(),
                settings.paddingAfterMs(),
                settings.cutSearchMs(),
                ms,
                settings.maxNonSpeechMs());
    }

    @Test
    void aSeamIsHeardFromBothSidesAndAccountedForOnce() throws Exception {
        settings = withSeamContext(SETTINGS, 500);
        short[] sound = concatenate(talk(4200), noise(100, 1500), talk(3000), silence(1000));
        hear(sound);
        end();
        int seam = (int) (recorder.spans.get(0).endSample - START_SAMPLE);
        assertThat(seam / MS).isBetween(4200, 4300);
        assertThat(recorder.lines()).endsWith("SPEECH " + seam / MS + " 7500", "NON_SPEECH 7500 8300", "END 8300 8300");
        PcmWindow before = recorder.windows.get(0);
        assertThat(before.samples()).isEqualTo(Arrays.copyOfRange(sound, 0, seam + 500 * MS));
        assertThat(before.info().contextBeforeSamples).isZero();
        assertThat(before.info().contextAfterSamples).isEqualTo(500 * MS);
        PcmWindow after = recorder.windows.get(1);
        assertThat(after.samples()).isEqualTo(Arrays.copyOfRange(sound, seam - 500 * MS, 7500 * MS));
        assertThat(after.info().contextBeforeSamples).isEqualTo(500 * MS);
        assertThat(after.info().contextAfterSamples).isZero();
    }

    /** Of which utterances' speech the share of a window is known. */
    @Test
    void speechIsCountedInTheWindowThatAccountsForIt() throws Exception {
        settings = withSeamContext(SETTINGS, 500);
        hear(concatenate(talk(4200), noise(100, 1500), talk(3000), silence(1000), talk(400), silence(1000)));
        end();
        assertThat(recorder.windows)
                .extracting(window -> (window.info().sampleCount - window.info().speechSamples) / MS)
                .as("padding: none, behind, on both sides")
                .containsExactly(0, 200, 500);
    }

    /** The talk ends before the window is cut: its seam would be in silence. */
    @Test
    void whereNobodySpeaksBehindTheCutThereIsNoSeam() throws Exception {
        settings = withSeamContext(SETTINGS, 500);
        hear(concatenate(talk(4900), silence(3000)));
        end();
        assertThat(recorder.windows).singleElement().satisfies(window -> {
            assertThat(window.info().contextAfterSamples).isZero();
            assertThat(window.info().contextBeforeSamples).isZero();
        });
    }

    @Test
    void withoutWordTimesNoWindowHearsItsNeighbour() throws Exception {
        settings = withSeamContext(SETTINGS, 500);
        wordTimes = false;
        hear(concatenate(talk(4200), noise(100, 1500), talk(3000), silence(1000)));
        end();
        assertThat(recorder.windows)
                .hasSize(2)
                .allSatisfy(window -> assertThat(window.info().soundSamples()).isEqualTo(window.info().sampleCount));
    }

    /** The pause that would end the utterance would be complete just behind the window's end. */
    @ParameterizedTest
    @ValueSource(ints = {4780, 4800, 4820, 4900})
    void anUtteranceThatFillsItsWindowLeavesNoEmptyOneBehind(int talkMs) throws Exception {
        hear(concatenate(talk(talkMs), silence(3000)));
        end();
        assertThat(recorder.windows).hasSize(1);
    }

    @Test
    void aWordRightBehindACutIsHeard() throws Exception {
        hear(concatenate(talk(4900), silence(100), talk(100), silence(1000)));
        end();
        assertThat(recorder.lines()).startsWith("SPEECH 0 4970", "SPEECH 4970 5300");
    }

    @Test
    void aGapEndsAnUtteranceAndNothingReachesAcrossIt() throws Exception {
        hear(concatenate(silence(1000), talk(1010)));
        gap(4990);
        hear(concatenate(talk(1000), silence(1000)));
        end();
        assertThat(recorder.lines())
                .containsExactly(
                        "NON_SPEECH 0 700",
                        "SPEECH 700 2010",
                        "GAP 2010 7000",
                        "SPEECH 7000 8200",
                        "NON_SPEECH 8200 9000",
                        "END 9000 9000");
    }

    /** 250 ms are no whole number of frames. */
    @Test
    void whatIsLostMovesNothingBehindIt() throws Exception {
        short[] before = concatenate(silence(1000), talk(1000), silence(1000));
        short[] lost = silence(250);
        short[] behind = concatenate(silence(2000), talk(1003), silence(300), talk(1000), silence(1000));
        hear(concatenate(before, lost, behind));
        end();
        List<String> whole = speechLines();
        recorder.spans.clear();
        speech = null;
        heardEndSample = START_SAMPLE;
        hear(before);
        gap(250);
        hear(behind);
        end();
        assertThat(speechLines()).hasSize(2).isEqualTo(whole);
    }

    private List<String> speechLines() {
        return recorder.lines().stream()
                .filter(line -> line.startsWith("SPEECH"))
                .toList();
    }

    @Test
    void longSilenceIsAnnouncedInPiecesAndNotKept() throws Exception {
        for (int second = 0; second < 25; second++) {
            hear(silence(1000));
            assertThat(recorder.chunks.size()).isLessThanOrEqualTo(2);
        }
        end();
        assertThat(recorder.lines())
                .containsExactly(
                        "NON_SPEECH 0 10000", "NON_SPEECH 10000 20000", "NON_SPEECH 20000 25000", "END 25000 25000");
        assertThat(recorder.chunks).isEmpty();
        assertThat(speech.stored.firstEndSample).isGreaterThan(START_SAMPLE);
    }

    @Test
    void speechThatNeverEndsKeepsNoMoreThanAWindow() throws Exception {
        for (int i = 0; i < 400; i++) {
            hear(talk(100));
        }
        assertThat(recorder.mostChunks).isLessThanOrEqualTo(52);
        end();
        assertThat(recorder.windows).hasSizeGreaterThan(7);
        assertThat(recorder.spans)
                .filteredOn(span -> span.kind == Span.Kind.NON_SPEECH)
                .isEmpty();
    }

    @Test
    void theShortestChannels() throws Exception {
        hear(new short[] {123});
        end();
        assertThat(recorder.spans).extracting(span -> span.kind).containsExactly(Span.Kind.NON_SPEECH, Span.Kind.END);
        assertThat(recorder.spans.get(0).endSample).isEqualTo(START_SAMPLE + 1);
    }

    @Test
    void aChannelOfNothingButItsEnd() throws Exception {
        hear(new short[0]);
        end();
        assertThat(recorder.lines()).containsExactly("END 0 0");
    }

    @Test
    void aPartOfAFrameIsJudgedAtTheEnd() throws Exception {
        hear(concatenate(silence(1000), talk(1000), talk(7)));
        end();
        assertThat(recorder.lines()).containsExactly("NON_SPEECH 0 700", "SPEECH 700 2007", "END 2007 2007");
    }

    /** Chunks of 100 ms: the window [700, 2200) ms touches chunks 7 to 21. */
    @Test
    void theOriginIsThatOfTheChunksTheSamplesCameFrom() throws Exception {
        short[] sound = concatenate(silence(1000), talk(1000), silence(1000));
        for (int from = 0; from < sound.length; from += 100 * MS) {
            hear(Arrays.copyOfRange(sound, from, from + 100 * MS));
        }
        end();
        assertThat(recorder.windows).hasSize(1);
        assertThat(recorder.windows.get(0).info().origin)
                .isEqualTo(new OffsetRange("audio", 3, START_SAMPLE + 700 * MS, START_SAMPLE + 2100 * MS + 1));
    }

    @Test
    void refusesAHoleBetweenChunks() throws Exception {
        hear(silence(100));
        heardEndSample++;
        assertThatThrownBy(() -> hear(silence(100)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("acme/call/0", "begins at sample " + (START_SAMPLE + 1601));
    }

    /** Talk, pauses, clicks and noise at random; the same spans and windows whatever the chunks. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void spansDependOnTheSoundAloneAndNotOnItsChunks(long seed) throws Exception {
        settings = withSeamContext(SETTINGS, 500)
                .withDetector(new EnergyDetector(new EnergySettings(6, 4, -60, -66, 3000)));
        random.setSeed(seed);
        short[] sound = noise(9000, 6000);
        while (sound.length < 60_000 * MS) {
            short[] part = noise(random.nextInt(20, 2500), random.nextInt(3) == 0 ? 20 : random.nextInt(200, 9000));
            sound = concatenate(sound, part);
        }
        List<String> golden = null;
        for (int chunkMs : new int[] {0, 10, 250, 1000, 37, 60_000}) {
            recorder.spans.clear();
            recorder.windows.clear();
            recorder.events.clear();
            speech = null;
            heardEndSample = START_SAMPLE;
            for (int from = 0; from < sound.length; ) {
                int count = chunkMs == 0 ? random.nextInt(1, 20_000) : chunkMs * MS;
                hear(Arrays.copyOfRange(sound, from, Math.min(sound.length, from + count)));
                from += count;
            }
            end();
            List<String> all = new ArrayList<>(recorder.lines());
            recorder.windows.forEach(
                    window -> all.add(Arrays.hashCode(window.samples()) + " " + window.info().startSample));
            all.addAll(recorder.events);
            golden = golden == null ? all : golden;
            assertThat(all).as("seed %d, chunks of %d ms", seed, chunkMs).isEqualTo(golden);
        }
        assertThat(golden)
                .as("the sound is not trivial")
                .hasSizeGreaterThan(20)
                .anyMatch(line -> line.contains("seam"));
    }

    @Test
    void settingsNameWhatIsWrong() {
        SpeechDetector detector = SETTINGS.detector();
        assertThatThrownBy(() -> new FindSpeechSettings(detector, 0, 100, 400, 200, 300, 200, 1000, 0, 10_000))
                .hasMessage("minSpeechMs is 0, must be 1 to 2000");
        assertThatThrownBy(() -> new FindSpeechSettings(detector, 100, 100, 400, 401, 300, 200, 1000, 0, 10_000))
                .hasMessage("minSilenceFullMs is 401, must be 20 to 400");
        assertThatThrownBy(() -> SETTINGS.requireRoomIn(21_120))
                .hasMessageContainingAll("21120 samples", "must exceed 21120");
        SETTINGS.requireRoomIn(21_121);
        assertThatThrownBy(() -> withSeamContext(SETTINGS, 500).requireRoomIn(63_999))
                .hasMessageContainingAll("63999 samples", "seamContextMs 500", "64000");
    }
}
