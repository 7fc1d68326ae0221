package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.decodeaudio.DecodeAudioFunction;
import io.amanuensis.operators.decodeaudio.DecodeAudioSettings;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.sequence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code decode-audio} and {@code find-speech} with their default settings on recorded calls and utterances whose words are known. */
class SpeechCoverageTest {
    private static final int WINDOW_SAMPLES = 160_000;
    /** Before and after, and two frames. */
    private static final double PADDING_SECONDS =
            (FindSpeechSettings.DEFAULT.paddingBeforeMs() + FindSpeechSettings.DEFAULT.paddingAfterMs() + 40) / 1000.0;

    private static final double RATE_HZ = PcmChunk.SAMPLE_RATE_HZ;

    /** What became of one channel. */
    private record Found(TestSet.Channel channel, List<Span> spans, List<PcmWindow> windows) {
        double seconds(Span.Kind kind) {
            return spans.stream()
                            .filter(span -> span.kind == kind)
                            .mapToLong(span -> span.endSample - span.startSample)
                            .sum()
                    / RATE_HZ;
        }

        /** A cut within running speech is no loss: what matters is that no part of the word lies outside of speech. */
        boolean covers(TestSet.Word word) {
            return spans.stream()
                    .noneMatch(span -> span.kind != Span.Kind.SPEECH
                            && span.startSample / RATE_HZ < word.end()
                            && span.endSample / RATE_HZ > word.start());
        }
    }

    private static Segment segment(TestSet.Channel channel, int sequence, int fromByte, int toByte) {
        Segment segment = Segments.segment(Segments.channel(channel.name(), 0), sequence, sequence);
        segment.encoding = channel.encoding();
        segment.sampleRateHz = channel.sampleRateHz();
        segment.startMs = Math.round(1000.0 * fromByte / channel.bytesPerSample() / channel.sampleRateHz());
        segment.payload = Arrays.copyOfRange(channel.payload(), fromByte, toByte);
        segment.lastOfChannel = toByte == channel.payload().length;
        return segment;
    }

    /** @param segmentMs 0 for random lengths up to 1 s */
    private static Found find(TestSet.Channel channel, int segmentMs) throws Exception {
        Random random = new Random(segmentMs);
        try (StageHarness<Segment, PcmChunk> decodeAudio = StageHarness.start(
                        new DecodeAudioFunction(DecodeAudioSettings.DEFAULT), Segment::key, Backend.HASHMAP);
                StageHarness<PcmChunk, PcmWindow> findSpeech = StageHarness.start(
                        new FindSpeechFunction(FindSpeechSettings.DEFAULT, () -> WINDOW_SAMPLES),
                        PcmChunk::key,
                        Backend.HASHMAP)) {
            int sequence = 0;
            for (int from = 0; from < channel.payload().length; ) {
                int ms = segmentMs == 0 ? random.nextInt(1, 1000) : segmentMs;
                int to = Math.min(
                        channel.payload().length, from + channel.sampleRateHz() * ms / 1000 * channel.bytesPerSample());
                decodeAudio.process(segment(channel, sequence++, from, to));
                for (PcmChunk chunk : decodeAudio.takeOutput()) {
                    findSpeech.process(chunk);
                }
                from = to;
            }
            return new Found(channel, findSpeech.takeSide(FindSpeechFunction.SPANS), findSpeech.takeOutput());
        }
    }

    private static List<Found> findAll(List<TestSet.Channel> channels) throws Exception {
        List<Found> all = new ArrayList<>();
        for (TestSet.Channel channel : channels) {
            all.add(find(channel, 250));
        }
        return all;
    }

    private static List<String> wordsOutsideOfSpeech(List<Found> all) {
        return all.stream()
                .flatMap(found -> found.channel().words().stream()
                        .filter(word -> !found.covers(word))
                        .map(word -> found.channel().name() + " " + word))
                .toList();
    }

    @Test
    void everyWordOfEveryFileLiesWithinSpeech() throws Exception {
        List<Found> all = findAll(TestSet.files());
        assertThat(all.stream()
                        .mapToInt(found -> found.channel().words().size())
                        .sum())
                .isGreaterThan(500);
        assertThat(wordsOutsideOfSpeech(all)).isEmpty();
        for (Found found : all) {
            assertThat(found.spans().get(found.spans().size() - 1).endSample / RATE_HZ)
                    .as(found.channel().name())
                    .isBetween(found.channel().seconds(), found.channel().seconds() + 1 / RATE_HZ);
        }
    }

    @Test
    void everyWordOfEveryCallLiesWithinSpeechAndTheOtherSpeakersTurnsDoNot() throws Exception {
        List<Found> all = findAll(TestSet.calls());
        assertThat(all).hasSize(6);
        assertThat(wordsOutsideOfSpeech(all)).isEmpty();
        for (Found found : all) {
            assertThat(found.seconds(Span.Kind.NON_SPEECH))
                    .as(found.channel().name())
                    .isGreaterThan(found.channel().secondsBetweenTurns(PADDING_SECONDS));
        }
    }

    @Test
    void silenceIsNotSpeech() throws Exception {
        Found silence = findAll(TestSet.files()).stream()
                .filter(found -> found.channel().name().contains("digital-silence"))
                .findFirst()
                .orElseThrow();
        assertThat(silence.windows()).isEmpty();
        assertThat(silence.seconds(Span.Kind.NON_SPEECH)).isEqualTo(5);
    }

    /** A burst at its beginning, with the padding. */
    @Test
    void steadyNoiseIsNotSpeechForLong() throws Exception {
        for (Found found : findAll(TestSet.files())) {
            if (found.channel().name().contains("no-speech-room-noise")
                    || found.channel().name().contains("no-speech-white-noise")) {
                assertThat(found.seconds(Span.Kind.SPEECH))
                        .as(found.channel().name())
                        .isLessThan(1);
            }
        }
    }

    /** From the bytes on the topic to the windows: 8 kHz mu-law and 16 kHz PCM. */
    @ParameterizedTest
    @ValueSource(strings = {"call-3-broken-router.wav#0", "call-1-late-order.wav#1"})
    void segmentationOfTheChannelDoesNotMatter(String name) throws Exception {
        TestSet.Channel channel = TestSet.calls().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        Found golden = find(channel, 250);
        for (int segmentMs : new int[] {10, 37, 1000, 60_000, 0}) {
            Found found = find(channel, segmentMs);
            assertThat(found.spans())
                    .extracting(Span::toString)
                    .containsExactlyElementsOf(
                            golden.spans().stream().map(Span::toString).toList());
            for (int i = 0; i < golden.windows().size(); i++) {
                assertThat(found.windows().get(i).samples())
                        .isEqualTo(golden.windows().get(i).samples());
            }
        }
    }
}
