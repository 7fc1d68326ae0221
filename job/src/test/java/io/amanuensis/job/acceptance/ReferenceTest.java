package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.PayloadReference;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Transcript;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings by reference: whole files beside the topic, and everything that can be wrong with a reference. */
class ReferenceTest {
    private static final String UTTERANCE = "utterance-00-espeak_seen-clean.wav";
    private static final String SAID = "The order number is eight two three five eight five.";

    @TempDir
    Path folder;

    private AudioSegment segment(String call, Path file, long bytes, byte[] contents) {
        return AudioSegment.newBuilder()
                .setTenant("acme")
                .setCallId(call)
                .setChannel(0)
                .setSequence(0)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs(0)
                .setEncoding(AudioEncoding.WAV)
                .setSampleRateHz(16_000)
                .setPayload(ByteBuffer.allocate(0))
                .setPayloadReference(new PayloadReference(file.toUri().toString(), bytes, Digests.sha256(contents)))
                .setLastOfChannel(true)
                .build();
    }

    @Test
    void aRecordingIsReadAndWhatIsWrongWithAReferenceIsOneDeadLetter() throws Exception {
        byte[] sound = Files.readAllBytes(KafkaFixture.TEST_SET.resolve(UTTERANCE));
        Path calls = Files.createDirectory(folder.resolve("calls"));
        Path file = Files.write(calls.resolve("1.wav"), sound);
        Path elsewhere = Files.write(folder.resolve("secret.wav"), sound);
        try (KafkaFixture kafka = KafkaFixture.start()) {
            Map<String, DeadLetterCause> wrong = Map.of(
                    "missing", DeadLetterCause.REFERENCE_MISSING,
                    "other-sound", DeadLetterCause.REFERENCE_MISMATCH,
                    "longer", DeadLetterCause.REFERENCE_MISMATCH,
                    "too-large", DeadLetterCause.OVERSIZE_SEGMENT,
                    "elsewhere", DeadLetterCause.REFERENCE_NOT_ALLOWED,
                    "no-wav", DeadLetterCause.INVALID_WAV,
                    "and-payload", DeadLetterCause.INVALID_SEGMENT);
            Path noWav = Files.write(calls.resolve("2.wav"), new byte[1000]);
            kafka.produce(segment("good", file, sound.length, sound));
            kafka.produce(segment("missing", calls.resolve("none.wav"), sound.length, sound));
            kafka.produce(segment("other-sound", file, sound.length, new byte[1]));
            kafka.produce(segment("longer", file, sound.length - 2, sound));
            kafka.produce(segment("too-large", file, 5_000_001, sound));
            kafka.produce(segment("elsewhere", elsewhere, sound.length, sound));
            kafka.produce(segment("no-wav", noWav, 1000, new byte[1000]));
            AudioSegment both = segment("and-payload", file, sound.length, sound);
            both.setPayload(ByteBuffer.wrap(new byte[] {1}));
            kafka.produce(both);

            kafka.run(Map.of(
                    "reference.allowed-prefixes", calls.toUri().toString(), "reference.max-size", "5000000 bytes"));

            assertThat(kafka.deadLetters().stream().collect(toMap(DeadLetter::getCallId, DeadLetter::getCause)))
                    .isEqualTo(wrong);
            assertThat(kafka.transcripts()).extracting(Transcript::getText).containsExactly(SAID);
            DeadLetter letter = kafka.deadLetters().stream()
                    .filter(each -> each.getCallId().equals("no-wav"))
                    .findFirst()
                    .orElseThrow();
            AudioSegment again = new SingleObjectCodec<>(AudioSegment.class)
                    .decode(letter.getPayload().array());
            assertThat(again.getPayload().remaining())
                    .as("a dead letter keeps the reference and not the file")
                    .isZero();
            assertThat(again.getPayloadReference().getUri())
                    .isEqualTo(noWav.toUri().toString());
        }
    }

    @Test
    void aJobThatWasNotToldWhereFromReadsNothing() throws Exception {
        byte[] sound = Files.readAllBytes(KafkaFixture.TEST_SET.resolve(UTTERANCE));
        Path file = Files.write(folder.resolve("1.wav"), sound);
        try (KafkaFixture kafka = KafkaFixture.start()) {
            kafka.produce(segment("call", file, sound.length, sound));
            kafka.run(Map.of());
            assertThat(kafka.deadLetters())
                    .extracting(DeadLetter::getCause)
                    .containsExactly(DeadLetterCause.REFERENCE_NOT_ALLOWED);
            assertThat(kafka.transcripts()).isEmpty();
        }
    }
}
