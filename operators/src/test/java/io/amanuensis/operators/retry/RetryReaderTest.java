package io.amanuensis.operators.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PackedUtterance;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ParkedReason;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryReaderTest {
    private static final SingleObjectCodec<ParkedWindow> CODEC = new SingleObjectCodec<>(ParkedWindow.class);

    private final RetryReader reader = new RetryReader();

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "de")
    void windowComesBackAsItWasParkedAndIsCounted(String languageHint) {
        PcmWindow window = window(languageHint, 4);
        RetryRecord read = read(CODEC.encode(record(window)));
        assertThat(read.rejected).isNull();
        assertThat(read.window.parkings()).isEqualTo(5);
        assertThat(read.window.samples()).isEqualTo(window.samples());
        assertThat(read.window.info()).usingRecursiveComparison().isEqualTo(window.info());
    }

    @Test
    void utterancesThatShareAWindowShareItAgain() {
        PcmWindow one = window("de", 0, 8);
        PcmWindow window = new PcmWindow(
                WindowInfo.ofPacked(
                        List.of(packed(one, 5, 0, 3), packed(one, 6, 4, 4)), 8, new OffsetRange("calls", 3, 42, 44)),
                one.samples());
        RetryRecord read = read(CODEC.encode(record(window)));
        assertThat(read.window.info().packed).usingRecursiveComparison().isEqualTo(window.info().packed);
        ParkedWindow beyond = record(window);
        beyond.getPacked().get(1).setSampleCount(5);
        assertThat(read(CODEC.encode(beyond)).rejected.getMessage()).contains("packed goes on to sample 9 of 8");
    }

    private static PackedUtterance packed(PcmWindow of, long index, int offset, int samples) {
        WindowInfo info = new WindowInfo(
                of.info().channel, index, 16_001 + offset, samples, 1, new OffsetRange("calls", 3, 42, 42 + offset));
        return new PackedUtterance(info, offset);
    }

    @Test
    void longestWindowOfWhisperFitsIntoARecordOfTheDefaultSize() {
        PcmWindow longest = window("de", 0, 30 * 16_000);
        assertThat(ParkedWindows.fits(longest)).isTrue();
        assertThat(CODEC.encode(record(longest)).length).isLessThan(1_000_000);
        assertThat(ParkedWindows.fits(window("de", 0, 500_000))).isTrue();
        assertThat(ParkedWindows.fits(window("de", 0, 500_001))).isFalse();
    }

    @Test
    void recordThatContradictsItselfIsADeadLetterThatSaysWhere() {
        assertRejected("audio has 6 bytes, but the record announces 4 samples", r -> r.setSampleCount(2));
        assertRejected("sampleCount is -1", r -> r.setSampleCount(-1));
        assertRejected("contextBeforeSamples is -2", r -> r.setContextBeforeSamples(-2));
        assertRejected("startSample is -3", r -> r.setStartSample(-3));
        assertRejected("attempts is -1", r -> r.setAttempts(-1));
        assertRejected("announces 4294967294 samples", r -> {
            r.setSampleCount(Integer.MAX_VALUE);
            r.setContextAfterSamples(Integer.MAX_VALUE);
            r.setContextBeforeSamples(0);
        });
    }

    @Test
    void whatIsNoParkedWindowIsADeadLetter() {
        assertThat(read(null).rejected.getCause()).isEqualTo(DeadLetterCause.TOMBSTONE);
        DeadLetter junk = read(new byte[] {1, 2, 3}).rejected;
        assertThat(junk.getCause()).isEqualTo(DeadLetterCause.UNREADABLE_RECORD);
        assertThat(junk.getStage()).isEqualTo("read-retry");
        assertThat(junk.getOrigin().getFirstOffset()).isEqualTo(9);
    }

    private void assertRejected(String message, Consumer<ParkedWindow> spoil) {
        ParkedWindow record = record(window("de", 0));
        spoil.accept(record);
        RetryRecord read = read(CODEC.encode(record));
        assertThat(read.window).isNull();
        assertThat(read.rejected.getCause()).isEqualTo(DeadLetterCause.INVALID_SEGMENT);
        assertThat(read.rejected.getMessage()).contains(message);
        assertThat(read.rejected.getPayload()).isNotNull();
    }

    private RetryRecord read(byte[] value) {
        return reader.read("retry", 1, 9, 77, null, value);
    }

    private static ParkedWindow record(PcmWindow window) {
        return ParkedWindows.record(
                window, "id", ParkedReason.DEVICE_OUT, "gone", new EngineFacts("model", "00ff", "npu", "0"));
    }

    private static PcmWindow window(String languageHint, int parkings) {
        return window(languageHint, parkings, 3);
    }

    private static PcmWindow window(String languageHint, int parkings, int samples) {
        CallChannel channel =
                new CallChannel("acme", "call-1", 1, ChannelRole.AGENT, 2, 1_767_258_000_000L, languageHint);
        WindowInfo info = new WindowInfo(channel, 5, 16_001, samples - 2, 1, new OffsetRange("calls", 3, 42, 44));
        info.contextBeforeSamples = 2;
        short[] sound = new short[samples];
        sound[0] = 1;
        sound[1] = -2;
        sound[2] = Short.MIN_VALUE;
        return new PcmWindow(info, sound, parkings);
    }
}
