package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.job.Transcripts;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private static final long CALL_START = 1_767_258_000_000L;

    @Test
    void runsFromTheEndOfTheLastWordAtTheSpeedOfThePlaying() {
        Latencies latencies = new Latencies(2);
        latencies.seen(transcript(10_000, 9_600), CALL_START + 4_800 + 1_500);
        assertThat(latencies.finals().count()).isEqualTo(1);
        assertThat(latencies.finals().mostMs()).isCloseTo(1_500, within(2.0));

        latencies.seen(transcript(10_000), CALL_START + 5_000 + 3_000);
        assertThat(latencies.finals().mostMs()).isCloseTo(3_000, within(4.0));
    }

    @Test
    void percentilesAreOfAllTexts() {
        Latencies latencies = new Latencies(1);
        for (int i = 1; i <= 100; i++) {
            latencies.seen(transcript(1_000), CALL_START + 1_000 + 10 * i);
        }
        assertThat(latencies.finals().count()).isEqualTo(100);
        assertThat(latencies.finals().p50Ms()).isCloseTo(500, within(1.0));
        assertThat(latencies.finals().p95Ms()).isCloseTo(950, within(1.0));
        assertThat(latencies.finals().mostMs()).isCloseTo(1_000, within(1.0));
    }

    @Test
    void nothingSeenIsNothingMeasured() {
        assertThat(new Latencies(1).finals()).isEqualTo(new Latencies.Summary(0, 0, 0, 0));
        assertThatThrownBy(() -> new Latencies(Double.POSITIVE_INFINITY))
                .hasMessageContaining("speed must be a number");
    }

    private static Transcript transcript(long endMs, long... wordEnds) {
        Transcript transcript = Transcripts.of(0, ChannelRole.AGENT, 0, endMs, "text");
        transcript.setCallStartEpochMs(Instant.ofEpochMilli(CALL_START));
        transcript.setWords(Arrays.stream(wordEnds)
                .mapToObj(end -> new Word("text", 0L, end, 1.0))
                .toList());
        return transcript;
    }
}
