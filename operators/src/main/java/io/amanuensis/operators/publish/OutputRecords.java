package io.amanuensis.operators.publish;

import io.amanuensis.operators.element.CallKey;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PlainJson;
import io.amanuensis.schemas.RecordHeaders;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.SuppressedText;
import io.amanuensis.schemas.Transcript;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Turns the records of one topic into what is produced there. Thread-safe. Not serializable: an operator keeps the
 * {@link OutputEncoding} and builds this in {@code open}.
 *
 * @param <T> the topic's record
 */
public final class OutputRecords<T extends SpecificRecordBase> {
    private final Function<T, byte[]> key;
    private final Function<T, byte[]> value;
    private final Map<String, byte[]> headers;

    private OutputRecords(Class<T> type, OutputEncoding encoding, Function<T, byte[]> key) {
        SingleObjectCodec<T> codec = new SingleObjectCodec<>(type);
        this.key = key;
        this.value = switch (encoding) {
            case AVRO -> codec::encode;
            case JSON -> PlainJson::write;
        };
        this.headers = Collections.unmodifiableMap(RecordHeaders.of(codec.schema(), encoding.contentType()));
    }

    /** Keyed by call, so that a call's utterances stay in order. */
    public static OutputRecords<Transcript> transcripts(OutputEncoding encoding) {
        return new OutputRecords<>(
                Transcript.class, encoding, transcript -> callKey(transcript.getTenant(), transcript.getCallId()));
    }

    /** Keyed by call. */
    public static OutputRecords<Partial> partials(OutputEncoding encoding) {
        return new OutputRecords<>(
                Partial.class, encoding, partial -> callKey(partial.getTenant(), partial.getCallId()));
    }

    /** Keyed by call. */
    public static OutputRecords<ParkedWindow> parked(OutputEncoding encoding) {
        return new OutputRecords<>(
                ParkedWindow.class, encoding, parked -> callKey(parked.getTenant(), parked.getCallId()));
    }

    /** Keyed by call. */
    public static OutputRecords<ReplayedWindow> replayed(OutputEncoding encoding) {
        return new OutputRecords<>(
                ReplayedWindow.class, encoding, replayed -> callKey(replayed.getTenant(), replayed.getCallId()));
    }

    /** Keyed by call, so that its revisions stay in order. */
    public static OutputRecords<CallRecord> calls(OutputEncoding encoding) {
        return new OutputRecords<>(CallRecord.class, encoding, call -> callKey(call.getTenant(), call.getCallId()));
    }

    /** Keyed by call. */
    public static OutputRecords<SuppressedText> suppressed(OutputEncoding encoding) {
        return new OutputRecords<>(SuppressedText.class, encoding, text -> callKey(text.getTenant(), text.getCallId()));
    }

    /** Keyed like the record that could not be used, or else by call; without a key if neither is known. */
    public static OutputRecords<DeadLetter> deadLetters(OutputEncoding encoding) {
        return new OutputRecords<>(DeadLetter.class, encoding, OutputRecords::keyOf);
    }

    /** @throws IllegalArgumentException for JSON, if a number is NaN or infinite: a fault of the stage that computed it */
    public OutputRecord of(T element) {
        return new OutputRecord(key.apply(element), value.apply(element), headers);
    }

    private static byte[] keyOf(DeadLetter letter) {
        ByteBuffer key = letter.getKey();
        if (key != null) {
            byte[] bytes = new byte[key.remaining()];
            key.duplicate().get(bytes);
            return bytes;
        }
        return letter.getTenant() == null ? null : callKey(letter.getTenant(), letter.getCallId());
    }

    private static byte[] callKey(String tenant, String callId) {
        return Digests.utf8(new CallKey(tenant, callId).kafkaKey());
    }
}
