package io.amanuensis.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.PlainJson;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputRecordsTest {
    @Test
    void writesATranscriptInAvro() throws Exception {
        OutputRecord record = OutputRecords.transcripts(OutputEncoding.AVRO).of(transcript());
        assertThat(text(record.key())).isEqualTo("acme/call/1");
        assertThat(new SingleObjectCodec<>(Transcript.class).decode(record.value()))
                .isEqualTo(transcript());
        assertHeader(record, "schema-name", "io.amanuensis.schemas.Transcript");
        assertHeader(record, "content-type", "application/vnd.apache.avro+single-object");
    }

    @Test
    void writesATranscriptInJson() {
        OutputRecord record = OutputRecords.transcripts(OutputEncoding.JSON).of(transcript());
        assertThat(text(record.key())).isEqualTo("acme/call/1");
        assertThat(record.value()).isEqualTo(PlainJson.write(transcript()));
        assertThat(text(record.value())).startsWith("{\"id\":\"0\",\"tenant\":\"acme\"");
        assertHeader(record, "schema-name", "io.amanuensis.schemas.Transcript");
        assertHeader(record, "content-type", "application/json");
    }

    @ParameterizedTest
    @EnumSource
    void keysADeadLetterLikeTheRecordItIsAbout(OutputEncoding encoding) {
        OutputRecords<DeadLetter> records = OutputRecords.deadLetters(encoding);
        assertThat(text(records.of(letter("m", Digests.utf8("k"), new byte[3])).key()))
                .isEqualTo("k");
        assertThat(records.of(letter("m", null, null)).key()).isNull();
        DeadLetter withoutKey = letter("m", null, null);
        withoutKey.setTenant("acme");
        withoutKey.setCallId("call/1");
        OutputRecord byCall = records.of(withoutKey);
        assertThat(text(byCall.key())).isEqualTo("acme/call/1");
        assertHeader(byCall, "schema-name", "io.amanuensis.schemas.DeadLetter");
    }

    /** Brokers take 1 MiB by default; the schemas' README promises about 350,000 bytes. */
    @ParameterizedTest
    @EnumSource
    void theLargestDeadLetterFitsItsTopic(OutputEncoding encoding) {
        String escapedMost = "\u0001".repeat(2000);
        DeadLetter largest = letter(escapedMost, new byte[5000], new byte[DeadLetters.MAX_PAYLOAD_BYTES]);
        assertThat(OutputRecords.deadLetters(encoding).of(largest).value()).hasSizeBetween(262_144, 370_000);
    }

    private static DeadLetter letter(String message, byte[] key, byte[] value) {
        return DeadLetters.ofRecord(
                "read",
                DeadLetterCause.UNREADABLE_RECORD,
                message,
                new OffsetRange(Topics.AUDIO_SEGMENTS, 3, 42, 42),
                1,
                key,
                value);
    }

    private static Transcript transcript() {
        return Transcript.newBuilder()
                .setId("0")
                .setTenant("acme")
                .setCallId("call/1")
                .setChannel(1)
                .setStreamEpoch(0)
                .setCallStartEpochMs(Instant.ofEpochMilli(1_767_258_000_000L))
                .setStartMs(0)
                .setEndMs(100)
                .setText("Grüße")
                .setWords(List.of())
                .setAlignment(Alignment.SKIPPED)
                .setLanguage("de")
                .setTokens(List.of(1, 2))
                .setAverageLogProbability(-0.5)
                .setNoSpeechProbability(0)
                .setCompressionRatio(1)
                .setModelName("demo")
                .setModelHash("0")
                .setBackEnd("echo")
                .setLibraryBuild("0")
                .setEncoderChecksum("00000000")
                .setDegradationLevel(2)
                .setOrigin(new Origin(Topics.AUDIO_SEGMENTS, 3, 42L, 43L))
                .setStageDurations(new StageDurations(0.0, 0.0, 0.0, 0.0))
                .build();
    }

    private static void assertHeader(OutputRecord record, String name, String value) {
        assertThat(text(record.headers().get(name))).isEqualTo(value);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
