package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.UtteranceSoFar;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When it is told that somebody begins and ceases to speak, against the synthesizers' own word times of the demo model's test set. */
class SpeechEventsTest {
    private static final Logger LOG = LoggerFactory.getLogger(SpeechEventsTest.class);
    private static final int WINDOW_SAMPLES = 160_000;
    private static final int PIECE_SAMPLES = 4000;
    private static final double RATE_HZ = PcmChunk.SAMPLE_RATE_HZ;
    /** Behind such a pause somebody begins anew. */
    private static final double PAUSE_S = 0.7;

    private static final List<Double> DELAYS_MS = new ArrayList<>();
    /** From the true end of speech until it is told. */
    private static final List<Double> END_DELAYS_MS = new ArrayList<>();

    private static final List<String> UNHEARD = new ArrayList<>();
    private static final List<String> UNENDED = new ArrayList<>();
    private static final List<String> WITHOUT_WORDS = new ArrayList<>();
    private static int started;
    private static int ended;

    private static final class Told extends RecordedChannel implements UtteranceFollower.Output {
        private final List<SpeechNews> news = new ArrayList<>();

        @Override
        public void tell(SpeechNews event) {
            news.add(event);
        }

        @Override
        public void handOn(UtteranceSoFar sound) {}
    }

    @BeforeAll
    static void listen() throws Exception {
        List<TestSet.Channel> channels = new ArrayList<>(TestSet.files());
        channels.addAll(TestSet.calls());
        for (TestSet.Channel channel : channels) {
            List<SpeechNews> news = told(channel);
            measureOnsets(channel, news);
            measureEnds(channel, news);
            measureStarts(channel, news);
        }
        LOG.info(
                "Somebody is said to speak after the onset: {}; to have ceased after the end: {}; {} events, without words: {}",
                spread(DELAYS_MS),
                spread(END_DELAYS_MS),
                started + ended,
                WITHOUT_WORDS);
    }

    private static String spread(List<Double> ms) {
        return "%d, median %.0f ms, 95 %% %.0f ms, worst %.0f ms"
                .formatted(ms.size(), share(ms, 0.5), share(ms, 0.95), share(ms, 1));
    }

    /** Not exceeded by this share of them. */
    private static double share(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    private static List<SpeechNews> told(TestSet.Channel channel) throws Exception {
        Told told = new Told();
        Following following = new Following();
        ChannelSpeech speech = null;
        for (PcmChunk whole : Utterances.chunks(channel)) {
            for (PcmChunk chunk : Utterances.pieces(whole, PIECE_SAMPLES)) {
                if (speech == null) {
                    speech = ChannelSpeech.beginningWith(chunk, FindSpeechSettings.DEFAULT.detector());
                }
                finder(speech, following, told).accept(chunk);
            }
        }
        finder(speech, following, told).end();
        return told.news;
    }

    private static UtteranceFinder finder(ChannelSpeech speech, Following following, Told told) {
        return new UtteranceFinder(
                FindSpeechSettings.DEFAULT,
                WINDOW_SAMPLES,
                true,
                speech,
                told,
                told,
                new UtteranceFollower(new FollowSettings(true, 1000, 10_000), WINDOW_SAMPLES, following, told));
    }

    private static void measureOnsets(TestSet.Channel channel, List<SpeechNews> news) {
        double before = -PAUSE_S;
        for (TestSet.Word word : channel.words()) {
            if (word.start() - before >= PAUSE_S) {
                measureOnset(channel, word.start(), news);
            }
            before = word.end();
        }
    }

    private static void measureOnset(TestSet.Channel channel, double onset, List<SpeechNews> news) {
        boolean speaking = false;
        for (SpeechNews event : news) {
            boolean starts = event.kind == SpeechNews.Kind.STARTED;
            double toldAt = event.endSample / RATE_HZ;
            if (toldAt > onset && (starts || speaking)) {
                DELAYS_MS.add(starts ? 1000 * (toldAt - onset) : 0);
                return;
            }
            speaking = starts;
        }
        UNHEARD.add("%s at %.2f s".formatted(channel.name(), onset));
    }

    private static void measureEnds(TestSet.Channel channel, List<SpeechNews> news) {
        List<TestSet.Word> words = channel.words();
        for (int i = 0; i < words.size(); i++) {
            double end = words.get(i).end();
            double next = i + 1 < words.size() ? words.get(i + 1).start() : Double.MAX_VALUE;
            if (next - end >= PAUSE_S) {
                news.stream()
                        .filter(event -> event.kind == SpeechNews.Kind.ENDED)
                        .mapToDouble(event -> event.endSample / RATE_HZ)
                        .filter(toldAt -> toldAt > end && toldAt < next)
                        .findFirst()
                        .ifPresentOrElse(
                                toldAt -> END_DELAYS_MS.add(1000 * (toldAt - end)),
                                () -> UNENDED.add("%s at %.2f s".formatted(channel.name(), end)));
            }
        }
    }

    private static void measureStarts(TestSet.Channel channel, List<SpeechNews> news) {
        for (int i = 0; i < news.size(); i += 2) {
            SpeechNews start = news.get(i);
            SpeechNews end = news.get(i + 1);
            assertThat(start.kind).isEqualTo(SpeechNews.Kind.STARTED);
            assertThat(end.kind).isEqualTo(SpeechNews.Kind.ENDED);
            started++;
            ended++;
            if (channel.words().stream()
                    .noneMatch(word ->
                            word.end() * RATE_HZ > start.startSample && word.start() * RATE_HZ < end.startSample)) {
                WITHOUT_WORDS.add("%s %.2f to %.2f s"
                        .formatted(channel.name(), start.startSample / RATE_HZ, end.startSample / RATE_HZ));
            }
        }
    }

    /** For who wants to interrupt a voice of his own when the other begins to speak. */
    @Test
    void speechStartsWithin300MsOfItsOnset() {
        assertThat(UNHEARD).isEmpty();
        assertThat(DELAYS_MS).hasSizeGreaterThan(100).allMatch(ms -> ms <= 300);
    }

    @Test
    void speechEndsWithin300MsOfItsEndAsARule() {
        assertThat(UNENDED).isEmpty();
        assertThat(END_DELAYS_MS).hasSizeGreaterThan(100);
        assertThat(share(END_DELAYS_MS, 0.5)).isLessThanOrEqualTo(300);
    }

    @Test
    void hardlyAnyStartHasNoWords() {
        assertThat(started).isEqualTo(ended).isGreaterThan(100);
        assertThat((double) WITHOUT_WORDS.size() / started).isLessThan(0.02);
    }
}
