package io.amanuensis.operators.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    private static final OffsetRange ORIGIN = new OffsetRange(Topics.AUDIO_SEGMENTS, 3, 42, 44);

    @Test
    void aRefusedSegmentCanBeProducedAgain() {
        DeadLetter letter =
                DeadLetters.ofSegment("sequence", DeadLetterCause.LATE_SEGMENT, "too late", Segments.segment());
        byte[] payload = letter.getPayload().array();
        ReadRecord again = new SegmentReader(1000)
                .read(
                        Topics.AUDIO_SEGMENTS,
                        3,
                        42,
                        Segments.TIMESTAMP_MS,
                        letter.getKey().array(),
                        payload);
        assertThat(again.segment).usingRecursiveComparison().isEqualTo(Segments.segment());
        assertThat(letter.getKey()).isEqualTo(ByteBuffer.wrap(Digests.utf8("acme/call-1")));
        assertThat(letter.getPayloadSha256()).isEqualTo(Digests.sha256(payload));
        assertThat(letter.getRecordTimestampMs()).isEqualTo(Segments.TIMESTAMP_MS);
        assertThat(letter.getStage()).isEqualTo("sequence");
    }

    @Test
    void aFailedWindowPointsToItsSound() {
        CallChannel channel = Segments.segment().channel;
        DeadLetter letter = DeadLetters.ofWindow(
                "encode",
                DeadLetterCause.ENGINE_DEADLINE,
                "60 s passed",
                new WindowInfo(channel, 5, 16_001, 16_000, ORIGIN));
        assertThat(letter.getStartMs()).isEqualTo(1000);
        assertThat(letter.getEndMs()).isEqualTo(2001);
        assertThat(letter.getOrigin().getFirstOffset()).isEqualTo(42);
        assertThat(letter.getOrigin().getLastOffset()).isEqualTo(44);
        assertThat(letter.getSequence()).isNull();
        assertThat(letter.getPayload()).isNull();
        assertThat(letter.getPayloadBytes()).isZero();
        assertThat(letter.getKey()).isEqualTo(ByteBuffer.wrap(Digests.utf8("acme/call-1")));
    }

    @Test
    void keepsAPayloadUpToItsLimitWhole() {
        byte[] limit = new byte[DeadLetters.MAX_PAYLOAD_BYTES];
        byte[] larger = new byte[DeadLetters.MAX_PAYLOAD_BYTES + 1];
        Arrays.fill(larger, (byte) 5);
        assertThat(ofRecord("", limit).getPayload().remaining()).isEqualTo(262_144);
        assertThat(ofRecord("", larger).getPayload()).isEqualTo(ByteBuffer.wrap(larger, 0, 4096));
        assertThat(ofRecord("", larger).getPayloadBytes()).isEqualTo(262_145);
        assertThat(ofRecord("", larger).getPayloadSha256()).isEqualTo(Digests.sha256(larger));
    }

    @Test
    void cutsTextBetweenCharacters() {
        assertThat(ofRecord("x".repeat(1001), null).getMessage()).isEqualTo("x".repeat(1000));
        assertThat(ofRecord("x".repeat(999) + "\ud83d\ude00", null).getMessage())
                .isEqualTo("x".repeat(999));
        assertThat(ofRecord("x".repeat(998) + "\ud83d\ude00", null).getMessage())
                .hasSize(1000);
    }

    @Test
    void theIdTellsLettersApartAndIsTheSameAfterAReplay() {
        assertThat(ofRecord("one", null).getId())
                .isEqualTo(ofRecord("another message", new byte[1]).getId());
        DeadLetter segment = DeadLetters.ofSegment(
                "sequence", DeadLetterCause.TOMBSTONE, "", Segments.segment(it -> it.origin = ORIGIN));
        assertThat(segment.getId()).isNotEqualTo(ofRecord("", null).getId());
    }

    private static DeadLetter ofRecord(String message, byte[] value) {
        return DeadLetters.ofRecord(
                "read", DeadLetterCause.TOMBSTONE, message, ORIGIN, Segments.TIMESTAMP_MS, null, value);
    }
}
