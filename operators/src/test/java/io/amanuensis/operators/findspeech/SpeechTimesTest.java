package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.PcmChunk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the default settings hear utterances of the demo model's test set begin and end, against the synthesizers' own word times. */
class SpeechTimesTest {
    private static final Logger LOG = LoggerFactory.getLogger(SpeechTimesTest.class);
    private static final int WINDOW_SAMPLES = 160_000;
    private static final double RATE_HZ = PcmChunk.SAMPLE_RATE_HZ;

    private static final List<Double> ONSET_ERRORS_MS = new ArrayList<>();
    private static final List<Double> OFFSET_ERRORS_MS = new ArrayList<>();
    private static final List<String> WITHOUT_WORDS = new ArrayList<>();
    /** From the true onset until the detector is sure. */
    private static final List<Double> DELAYS_MS = new ArrayList<>();

    @BeforeAll
    static void measure() throws Exception {
        List<TestSet.Channel> channels = new ArrayList<>(TestSet.files());
        channels.addAll(TestSet.calls());
        for (TestSet.Channel channel : channels) {
            Utterances found = Utterances.of(Utterances.chunks(channel), FindSpeechSettings.DEFAULT, WINDOW_SAMPLES);
            for (int i = 0; i < found.heard.size(); i++) {
                double next =
                        i + 1 < found.heard.size() ? found.heard.get(i + 1).startSample() / RATE_HZ : 1e9;
                measure(found.heard.get(i), channel, next);
            }
        }
        LOG.info(
                "{} utterances; medians of absolute errors: onset {} ms, offset {} ms; heard after {} ms, at the latest {} ms",
                ONSET_ERRORS_MS.size(),
                median(absolute(ONSET_ERRORS_MS)),
                median(absolute(OFFSET_ERRORS_MS)),
                median(DELAYS_MS),
                DELAYS_MS.stream().mapToDouble(ms -> ms).max().orElseThrow());
    }

    /** The words whose middle lies before the next utterance and not in one before. */
    private static void measure(Utterances.Heard heard, TestSet.Channel channel, double next) {
        double start = heard.startSample() / RATE_HZ;
        List<TestSet.Word> words = channel.words().stream()
                .filter(word -> start <= (word.start() + word.end()) / 2 && (word.start() + word.end()) / 2 < next)
                .toList();
        if (words.isEmpty()) {
            WITHOUT_WORDS.add("%s at %.2f s".formatted(channel.name(), start));
            return;
        }
        double first = words.get(0).start();
        ONSET_ERRORS_MS.add(1000 * (heard.speechStartSample() / RATE_HZ - first));
        DELAYS_MS.add(1000 * (heard.foundSample() / RATE_HZ - first));
        OFFSET_ERRORS_MS.add(1000
                * (heard.speechEndSample() / RATE_HZ
                        - words.get(words.size() - 1).end()));
    }

    private static List<Double> absolute(List<Double> errors) {
        return errors.stream().map(Math::abs).toList();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** The beginning of one line's noise passes for speech. */
    @Test
    void utterancesHaveWords() {
        assertThat(WITHOUT_WORDS).hasSizeLessThanOrEqualTo(1).allMatch(line -> line.startsWith("no-speech"));
    }

    @Test
    void onsetsAreThoseOfTheFirstWords() {
        assertThat(ONSET_ERRORS_MS).hasSizeGreaterThan(100);
        assertThat(median(absolute(ONSET_ERRORS_MS))).isLessThanOrEqualTo(150);
    }

    @Test
    void offsetsAreThoseOfTheLastWords() {
        assertThat(median(absolute(OFFSET_ERRORS_MS))).isLessThanOrEqualTo(150);
    }

    /** Not what tells others that somebody speaks: see SpeechEventsTest. */
    @Test
    void utterancesAreSureWithin300MsAsARule() {
        assertThat(median(DELAYS_MS)).isLessThanOrEqualTo(300);
    }
}
