package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.sounds.LineSound;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lines on which nobody speaks leave no word behind. Five minutes in all; with {@code -Pnoise} an hour. */
class LineSoundTest {
    private static final int MINUTES_OF_EACH = Integer.getInteger("noise.minutes", 1);
    private static final int SEGMENT_MS = 1000;

    @Test
    void zeroWords() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            for (LineSound kind : LineSound.values()) {
                for (int minute = 0; minute < MINUTES_OF_EACH; minute++) {
                    call(kafka, kind, minute);
                }
            }
            kafka.run(Map.of());
            assertThat(kafka.deadLetters()).isEmpty();
            assertThat(kafka.transcripts())
                    .extracting(LineSoundTest::line)
                    .as("utterances heard")
                    .isEmpty();
        }
    }

    private static String line(Transcript transcript) {
        return transcript.getCallId() + " " + transcript.getStartMs() + ": " + transcript.getText();
    }

    private static void call(KafkaFixture kafka, LineSound kind, int minute) throws Exception {
        short[] samples = kind.samples(60, minute);
        int segmentSamples = LineSound.RATE_HZ * SEGMENT_MS / 1000;
        for (int from = 0; from < samples.length; from += segmentSamples) {
            ByteBuffer payload =
                    ByteBuffer.allocate(segmentSamples * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            payload.asShortBuffer().put(samples, from, segmentSamples);
            kafka.produce(AudioSegment.newBuilder()
                    .setTenant("acme")
                    .setCallId(kind + "-" + minute)
                    .setChannel(0)
                    .setSequence(from / segmentSamples)
                    .setCallStartEpochMs(Instant.EPOCH)
                    .setStartMs((long) from / segmentSamples * SEGMENT_MS)
                    .setEncoding(AudioEncoding.PCM_S16LE)
                    .setSampleRateHz(LineSound.RATE_HZ)
                    .setLastOfChannel(from + segmentSamples == samples.length)
                    .setPayload(payload)
                    .build());
        }
    }
}
