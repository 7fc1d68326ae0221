package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ParkedReason;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.ReplayedOutcome;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;

/** The way back from the retry topic, on a real broker with the real model. */
class ReplayTest {
    private static final Path UTTERANCE = KafkaFixture.TEST_SET.resolve("utterance-00-espeak_seen-clean.wav");
    private static final Map<String, String> REPLAY = Map.of("retry.replay", "true");

    @Test
    void parkedWindowBecomesTheFinalThatItWouldHaveBeen() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            Call call = new Call("acme", "call", 0, List.of(ChannelRole.CUSTOMER), "en");
            try (CallSegments segments = CallSegments.open(UTTERANCE, call, Carriage.PCM, 250)) {
                kafka.produce(segments);
            }
            kafka.run(Map.of());
            Transcript truth = kafka.transcripts().get(0);

            kafka.produceTo(Topics.RETRY, new SingleObjectCodec<>(ParkedWindow.class).encode(parked(truth)));
            kafka.produceTo(Topics.RETRY, new byte[] {1, 2, 3});
            kafka.run(REPLAY);

            assertThat(kafka.transcripts()).hasSize(2);
            Transcript later = kafka.transcripts().stream()
                    .filter(transcript -> !transcript.getStageDurations().equals(truth.getStageDurations()))
                    .findFirst()
                    .orElseThrow();
            later.setStageDurations(truth.getStageDurations());
            assertThat(later).isEqualTo(truth);
            assertThat(kafka.replayed()).singleElement().satisfies(news -> {
                assertThat(news.getId()).isEqualTo(truth.getId());
                assertThat(news.getOutcome()).isEqualTo(ReplayedOutcome.TEXT);
                assertThat(news.getTurn().getText()).isEqualTo(truth.getText().strip());
            });
            assertThat(kafka.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.getCause()).isEqualTo(DeadLetterCause.UNREADABLE_RECORD);
                assertThat(letter.getOrigin().getTopic()).isEqualTo(Topics.RETRY);
            });
        }
    }

    /** The window that the transcript was made from. */
    private static ParkedWindow parked(Transcript transcript) throws Exception {
        int start = (int) transcript.getStartMs() * 16;
        int count = (int) (transcript.getEndMs() - transcript.getStartMs()) * 16;
        byte[] sound;
        try (AudioInputStream file = AudioSystem.getAudioInputStream(UTTERANCE.toFile())) {
            sound = file.readAllBytes();
        }
        count = Math.min(count, sound.length / Short.BYTES - start);
        return ParkedWindow.newBuilder()
                .setId(transcript.getId())
                .setTenant(transcript.getTenant())
                .setCallId(transcript.getCallId())
                .setChannel(transcript.getChannel())
                .setRole(transcript.getRole())
                .setStreamEpoch(transcript.getStreamEpoch())
                .setCallStartEpochMs(transcript.getCallStartEpochMs())
                .setStartMs(transcript.getStartMs())
                .setEndMs(transcript.getEndMs())
                .setLanguageHint("en")
                .setSpanIndex(1)
                .setStartSample(start)
                .setSampleCount(count)
                .setSpeechSamples(count)
                .setContextBeforeSamples(0)
                .setContextAfterSamples(0)
                .setAudio(ByteBuffer.wrap(sound, start * Short.BYTES, count * Short.BYTES)
                        .slice())
                .setReason(ParkedReason.DEVICE_OUT)
                .setMessage("made by a test")
                .setAttempts(1)
                .setModelName(transcript.getModelName())
                .setModelHash(transcript.getModelHash())
                .setOrigin(transcript.getOrigin())
                .build();
    }
}
