package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    /** Kafka's metric names turn dots into underscores: a topic that has both could clash with another. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                Topics.AUDIO_SEGMENTS,
                Topics.TRANSCRIPTS,
                Topics.PARTIALS,
                Topics.DEAD_LETTERS,
                Topics.CALLS,
                Topics.SUPPRESSED,
                Topics.RETRY,
                Topics.REPLAYED
            })
    void namesHaveDotsBetweenLevelsHyphensInWordsAndAVersion(String topic) {
        assertThat(topic).matches("amanuensis\\.[a-z]+(-[a-z]+)*\\.v[1-9][0-9]*");
    }
}
