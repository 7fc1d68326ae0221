package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.job.Transcripts;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PartialKind;
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
    void unconfirmedTextIsTimedFromTheEndOfItsSound() {
        Latencies latencies = new Latencies(2);
        Partial partial = Partial.newBuilder()
                .setId("id")
                .setKind(PartialKind.HYPOTHESIS)
                .setTenant("play")
                .setCallId("call")
                .setChannel(0)
                .setStreamEpoch(0)
                .setCallStartEpochMs(Instant.ofEpochMilli(CALL_START))
                .setStartMs(7_000)
                .setRevision(3_000)
                .setText("text")
                .setCommitted("")
                .setModelHash("hash")
                .build();
        latencies.seen(partial, CALL_START + 5_000 + 800);
        assertThat(latencies.partials().count()).isEqualTo(1);
        assertThat(latencies.partials().p95Ms()).isCloseTo(800, within(1.0));
        assertThat(latencies.finals().count()).isZero();

        partial.setKind(PartialKind.SPEECH_ENDED);
        latencies.seen(partial, CALL_START + 9_000);
        assertThat(latencies.partials().count()).isEqualTo(1);
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
