package io.amanuensis.operators.read;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The ranges that {@code AudioSegment.avsc} documents for what identifies and places a segment. They keep keys unambiguous,
 * and positions in samples far from overflow. What concerns the sound itself is checked by {@code decode-audio}.
 */
final class SegmentRules {
    static final int MAX_NAME_CHARS = 256;
    static final int MAX_CHANNEL = 255;
    /** What JSON readers can tell apart: 2^53 - 1. */
    static final long MAX_SEQUENCE = (1L << 53) - 1;
    /** 31 days: no call is longer. */
    static final long MAX_START_MS = 31L * 24 * 60 * 60 * 1000;
    /** The end of the year 9999. */
    static final long MAX_EPOCH_MS = 253_402_300_799_999L;

    static final int MAX_URI_CHARS = 2000;

    private static final int QUOTED_CHARS = 64;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}");

    private SegmentRules() {}

    /** The first field outside its range: its name, its value and what is legal. Empty if there is none. */
    static Optional<String> violation(Segment segment) {
        CallChannel channel = segment.channel;
        return Stream.of(
                        name("tenant", channel.tenant),
                        channel.tenant.indexOf('/') < 0
                                ? null
                                : "tenant is %s, must not hold '/'".formatted(quote(channel.tenant)),
                        name("callId", channel.callId),
                        language(channel.languageHint),
                        range("channel", channel.channel, MAX_CHANNEL),
                        range("streamEpoch", channel.streamEpoch, Integer.MAX_VALUE),
                        range("sequence", segment.sequence, MAX_SEQUENCE),
                        range("callStartEpochMs", channel.callStartEpochMs, MAX_EPOCH_MS),
                        range("startMs", segment.startMs, MAX_START_MS),
                        reference(segment))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static String name(String field, String value) {
        return !value.isEmpty() && value.length() <= MAX_NAME_CHARS
                ? null
                : "%s is %s with %d characters, legal are 1 to %d"
                        .formatted(field, quote(value), value.length(), MAX_NAME_CHARS);
    }

    private static String language(String hint) {
        return hint == null || LANGUAGE.matcher(hint).matches()
                ? null
                : "languageHint is %s, legal are null and Whisper's codes, such as en".formatted(quote(hint));
    }

    private static String reference(Segment segment) {
        Reference reference = segment.reference;
        if (reference == null) {
            return null;
        }
        if (segment.payload.length > 0) {
            return "payload has %d bytes beside a payloadReference, must be empty".formatted(segment.payload.length);
        }
        if (reference.uri.isEmpty() || reference.uri.length() > MAX_URI_CHARS) {
            return "payloadReference.uri is %s with %d characters, legal are 1 to %d"
                    .formatted(quote(reference.uri), reference.uri.length(), MAX_URI_CHARS);
        }
        if (reference.bytes < 1) {
            return "payloadReference.bytes is %d, must be positive".formatted(reference.bytes);
        }
        return SHA256.matcher(reference.sha256).matches()
                ? null
                : "payloadReference.sha256 is %s, must be 64 hex digits".formatted(quote(reference.sha256));
    }

    private static String range(String field, long value, long max) {
        return value >= 0 && value <= max ? null : "%s is %d, legal are 0 to %d".formatted(field, value, max);
    }

    private static String quote(String value) {
        return "\"" + (value.length() <= QUOTED_CHARS ? value : DeadLetters.cut(value, QUOTED_CHARS) + "...") + "\"";
    }
}
