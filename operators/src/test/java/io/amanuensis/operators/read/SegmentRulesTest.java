package io.amanuensis.operators.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentRulesTest {
    private static final String SHA256 = "00fF".repeat(16);

    static Stream<Arguments> illegal() {
        String tooLong = "x".repeat(257);
        String quotedTooLong = "\"" + "x".repeat(64) + "...\" with 257 characters, legal are 1 to 256";
        return Stream.of(
                illegal(segment -> segment.channel.tenant = "", "tenant is \"\" with 0 characters, legal are 1 to 256"),
                illegal(segment -> segment.channel.tenant = tooLong, "tenant is " + quotedTooLong),
                illegal(segment -> segment.channel.tenant = "a/b", "tenant is \"a/b\", must not hold '/'"),
                illegal(segment -> segment.channel.callId = "", "callId is \"\" with 0 characters, legal are 1 to 256"),
                illegal(segment -> segment.channel.callId = tooLong, "callId is " + quotedTooLong),
                illegal(
                        segment -> segment.channel.languageHint = "",
                        "languageHint is \"\", legal are null and Whisper's codes, such as en"),
                illegal(
                        segment -> segment.channel.languageHint = "en-US",
                        "languageHint is \"en-US\", legal are null and Whisper's codes, such as en"),
                illegal(segment -> segment.channel.channel = -1, "channel is -1, legal are 0 to 255"),
                illegal(segment -> segment.channel.channel = 256, "channel is 256, legal are 0 to 255"),
                illegal(segment -> segment.channel.streamEpoch = -1, "streamEpoch is -1, legal are 0 to 2147483647"),
                illegal(segment -> segment.sequence = -1, "sequence is -1, legal are 0 to 9007199254740991"),
                illegal(
                        segment -> segment.sequence = 1L << 53,
                        "sequence is 9007199254740992, legal are 0 to 9007199254740991"),
                illegal(
                        segment -> segment.reference = new Reference("file:///1.wav", 1, SHA256),
                        "payload has 10 bytes beside a payloadReference, must be empty"),
                illegal(
                        segment -> refer(segment, "", 1, SHA256),
                        "payloadReference.uri is \"\" with 0 characters, legal are 1 to 2000"),
                illegal(
                        segment -> refer(segment, "file:///1.wav", 0, SHA256),
                        "payloadReference.bytes is 0, must be positive"),
                illegal(
                        segment -> refer(segment, "file:///1.wav", 1, "00fg"),
                        "payloadReference.sha256 is \"00fg\", must be 64 hex digits"),
                illegal(segment -> segment.startMs = -1, "startMs is -1, legal are 0 to 2678400000"),
                illegal(
                        segment -> segment.startMs = 2_678_400_001L,
                        "startMs is 2678400001, legal are 0 to 2678400000"),
                illegal(
                        segment -> segment.channel.callStartEpochMs = -1,
                        "callStartEpochMs is -1, legal are 0 to 253402300799999"),
                illegal(
                        segment -> segment.channel.callStartEpochMs = 253_402_300_800_000L,
                        "callStartEpochMs is 253402300800000, legal are 0 to 253402300799999"));
    }

    private static void refer(Segment segment, String uri, long bytes, String sha256) {
        segment.payload = new byte[0];
        segment.reference = new Reference(uri, bytes, sha256);
    }

    private static Arguments illegal(Consumer<Segment> change, String violation) {
        return Arguments.of(change, violation);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("illegal")
    void namesFieldValueAndLegalRange(Consumer<Segment> change, String violation) {
        assertThat(SegmentRules.violation(Segments.segment(change))).contains(violation);
    }

    static Stream<Consumer<Segment>> legal() {
        return Stream.of(
                segment -> {},
                segment -> refer(segment, "x".repeat(2000), 1, SHA256),
                segment -> segment.channel.tenant = "x".repeat(256),
                segment -> segment.channel.callId = "2026/01/01 \u00e9\ud83d\ude00",
                segment -> segment.channel.languageHint = null,
                segment -> segment.channel.channel = 0,
                segment -> segment.channel.channel = 255,
                segment -> segment.channel.streamEpoch = Integer.MAX_VALUE,
                segment -> segment.sequence = (1L << 53) - 1,
                segment -> segment.startMs = 2_678_400_000L,
                segment -> segment.channel.callStartEpochMs = 0);
    }

    @ParameterizedTest
    @MethodSource("legal")
    void allowsTheWholeRange(Consumer<Segment> change) {
        assertThat(SegmentRules.violation(Segments.segment(change))).isEmpty();
    }
}
