package io.amanuensis.operators.retry;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PackedUtterance;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.ParkedReason;
import io.amanuensis.schemas.ParkedUtterance;
import io.amanuensis.schemas.ParkedWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/** Windows as records of the retry topic, and back. */
public final class ParkedWindows {
    /** Limit of {@link ParkedWindow#getAudio}: with the rest below what a broker takes by default. */
    static final int MAX_AUDIO_BYTES = 1_000_000;

    private static final int MAX_MESSAGE_CHARS = 1000;

    private ParkedWindows() {}

    /** Whether the record of a window is small enough to be produced. */
    public static boolean fits(PcmWindow window) {
        return window.samples().length <= MAX_AUDIO_BYTES / Short.BYTES;
    }

    /** @param id of the transcript that the window would have had */
    public static ParkedWindow record(
            PcmWindow window, String id, ParkedReason reason, String message, EngineFacts engine) {
        WindowInfo info = window.info();
        CallChannel channel = info.channel;
        return ParkedWindow.newBuilder()
                .setId(id)
                .setTenant(channel.tenant)
                .setCallId(channel.callId)
                .setChannel(channel.channel)
                .setRole(channel.role)
                .setStreamEpoch(channel.streamEpoch)
                .setCallStartEpochMs(Instant.ofEpochMilli(channel.callStartEpochMs))
                .setStartMs(info.startMs())
                .setEndMs(info.endMs())
                .setLanguageHint(channel.languageHint)
                .setSpanIndex(info.index)
                .setStartSample(info.startSample)
                .setSampleCount(info.sampleCount)
                .setSpeechSamples(info.speechSamples)
                .setContextBeforeSamples(info.contextBeforeSamples)
                .setContextAfterSamples(info.contextAfterSamples)
                .setAudio(bytes(window.samples()))
                .setReason(reason)
                .setMessage(message.length() <= MAX_MESSAGE_CHARS ? message : message.substring(0, MAX_MESSAGE_CHARS))
                .setAttempts(window.parkings() + 1)
                .setModelName(engine.modelName())
                .setModelHash(engine.modelHash())
                .setOrigin(origin(info.origin))
                .setPacked(info.packed.stream().map(ParkedWindows::packed).toList())
                .build();
    }

    private static ParkedUtterance packed(PackedUtterance utterance) {
        WindowInfo info = utterance.info();
        return new ParkedUtterance(
                utterance.offsetSamples(),
                info.index,
                info.startSample,
                info.sampleCount,
                info.speechSamples,
                origin(info.origin));
    }

    private static Origin origin(OffsetRange origin) {
        return new Origin(origin.topic, origin.partition, origin.firstOffset, origin.lastOffset);
    }

    /** @throws IllegalArgumentException if the record contradicts itself; the message says where */
    static PcmWindow window(ParkedWindow record) {
        requireNotNegative("startSample", record.getStartSample());
        requireNotNegative("sampleCount", record.getSampleCount());
        requireNotNegative("speechSamples", record.getSpeechSamples());
        requireNotNegative("contextBeforeSamples", record.getContextBeforeSamples());
        requireNotNegative("contextAfterSamples", record.getContextAfterSamples());
        requireNotNegative("attempts", record.getAttempts());
        long announced =
                (long) record.getContextBeforeSamples() + record.getSampleCount() + record.getContextAfterSamples();
        int bytes = record.getAudio().remaining();
        if (announced == 0 || announced * Short.BYTES != bytes) {
            throw new IllegalArgumentException(
                    "audio has %d bytes, but the record announces %d samples of 2".formatted(bytes, announced));
        }
        CallChannel channel = new CallChannel(
                record.getTenant(),
                record.getCallId(),
                record.getChannel(),
                record.getRole(),
                record.getStreamEpoch(),
                record.getCallStartEpochMs().toEpochMilli(),
                record.getLanguageHint());
        WindowInfo info = new WindowInfo(
                channel,
                record.getSpanIndex(),
                record.getStartSample(),
                record.getSampleCount(),
                record.getSpeechSamples(),
                range(record.getOrigin()));
        info.contextBeforeSamples = record.getContextBeforeSamples();
        info.contextAfterSamples = record.getContextAfterSamples();
        info.packed = record.getPacked().stream()
                .map(utterance -> utterance(channel, utterance, announced))
                .toList();
        return new PcmWindow(info, samples(record.getAudio()), record.getAttempts());
    }

    private static PackedUtterance utterance(CallChannel channel, ParkedUtterance record, long windowSamples) {
        requireNotNegative("packed.offsetSamples", record.getOffsetSamples());
        requireNotNegative("packed.sampleCount", record.getSampleCount());
        if ((long) record.getOffsetSamples() + record.getSampleCount() > windowSamples) {
            throw new IllegalArgumentException("packed goes on to sample %d of %d"
                    .formatted((long) record.getOffsetSamples() + record.getSampleCount(), windowSamples));
        }
        WindowInfo info = new WindowInfo(
                channel,
                record.getSpanIndex(),
                record.getStartSample(),
                record.getSampleCount(),
                record.getSpeechSamples(),
                range(record.getOrigin()));
        return new PackedUtterance(info, record.getOffsetSamples());
    }

    private static OffsetRange range(Origin origin) {
        return new OffsetRange(
                origin.getTopic(), origin.getPartition(), origin.getFirstOffset(), origin.getLastOffset());
    }

    private static void requireNotNegative(String field, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(field + " is " + value + ", must not be negative");
        }
    }

    private static ByteBuffer bytes(short[] samples) {
        ByteBuffer bytes = ByteBuffer.allocate(samples.length * Short.BYTES);
        bytes.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(samples);
        return bytes;
    }

    private static short[] samples(ByteBuffer audio) {
        short[] samples = new short[audio.remaining() / Short.BYTES];
        audio.duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
        return samples;
    }
}
