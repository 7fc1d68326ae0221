package io.amanuensis.job.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.DemoModel;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.ChannelRole;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallSegmentsTest {
    private static final Call CALL = new Call("acme", "call-7", 1_700_000_000_000L, List.of(ChannelRole.AGENT), "en");
    private static final int WAV_HEADER_WITH_FACT_BYTES = 56;

    @TempDir
    Path directory;

    @Test
    void carriesAMuLawRecordingByteForByte() throws IOException {
        Path file = DemoModel.TEST_SET.resolve("call-3-broken-router.wav");
        byte[] wav = Files.readAllBytes(file);

        for (int channel = 0; channel < 2; channel++) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int at = WAV_HEADER_WITH_FACT_BYTES + channel; at < wav.length; at += 2) {
                // Both codes stand for zero; an encoder writes the positive one.
                expected.write(wav[at] == 0x7F ? 0xFF : wav[at]);
            }
            assertThat(payload(segments(file, Carriage.TELEPHONE, 250), channel))
                    .isEqualTo(expected.toByteArray());
        }
    }

    @Test
    void everySegmentSaysWhatAndWhereItIs() throws IOException {
        List<AudioSegment> segments =
                segments(DemoModel.TEST_SET.resolve("call-1-late-order.wav"), Carriage.TELEPHONE, 250);

        assertThat(segments).hasSize(2 * 302);
        for (int i = 0; i < segments.size(); i++) {
            AudioSegment segment = segments.get(i);
            assertThat(segment.getChannel()).isEqualTo(i % 2);
            assertThat(segment.getRole()).isEqualTo(i % 2 == 0 ? ChannelRole.AGENT : ChannelRole.UNKNOWN);
            assertThat(segment.getSequence()).isEqualTo(i / 2);
            assertThat(segment.getStartMs()).isEqualTo(i / 2 * 250L);
            assertThat(segment.getEncoding()).isEqualTo(AudioEncoding.MULAW);
            assertThat(segment.getSampleRateHz()).isEqualTo(8000);
            assertThat(segment.getLastOfChannel()).isEqualTo(i >= segments.size() - 2);
            assertThat(segment.getCallStartEpochMs().toEpochMilli()).isEqualTo(1_700_000_000_000L);
            assertThat(segment.getTenant() + "/" + segment.getCallId() + "/" + segment.getLanguageHint())
                    .isEqualTo("acme/call-7/en");
        }
        assertThat(payload(segments, 0).length).isEqualTo(602_835);
    }

    @ParameterizedTest
    @CsvSource({"8000, 1, 20", "11025, 1, 20", "44100, 2, 333", "48000, 1, 10000", "22050, 1, 1000"})
    void noSampleIsLostAtAnyRate(int rateHz, int channels, int segmentMs) throws IOException {
        byte[] data = new byte[2 * channels * (rateHz + 37)];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31 + i / 256);
        }
        Path file = Files.write(directory.resolve("any.wav"), Wav.of(Wav.PCM, channels, rateHz, 16, data));

        List<AudioSegment> segments = segments(file, Carriage.PCM, segmentMs);

        for (int channel = 0; channel < channels; channel++) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int at = 2 * channel; at < data.length; at += 2 * channels) {
                expected.write(data, at, 2);
            }
            assertThat(payload(segments, channel)).isEqualTo(expected.toByteArray());
        }
        assertThat(segments).filteredOn(AudioSegment::getLastOfChannel).hasSize(channels);
        for (AudioSegment segment : segments) {
            long firstFrame = segment.getStartMs() * rateHz / 1000;
            assertThat(segment.getSampleRateHz()).isEqualTo(rateHz);
            assertThat(firstFrame).isEqualTo(framesBefore(segments, segment));
        }
    }

    @Test
    void aRecordingThatEndsWithItsSegmentHasNoEmptyOne() throws IOException {
        Path file = Files.write(directory.resolve("exact.wav"), Wav.of(Wav.PCM, 1, 8000, 16, new byte[2 * 4000]));

        List<AudioSegment> segments = segments(file, Carriage.PCM, 250);

        assertThat(segments).extracting(AudioSegment::getLastOfChannel).containsExactly(false, true);
        assertThat(segments)
                .extracting(segment -> segment.getPayload().remaining())
                .containsExactly(4000, 4000);
    }

    @Test
    void muLawOfEverySampleIsWhatTheStandardSays() {
        short[] all = new short[65_536];
        for (int i = 0; i < all.length; i++) {
            all[i] = (short) i;
        }
        byte[] encoded = Carriage.TELEPHONE.encode(all);
        for (int i = 0; i < all.length; i++) {
            assertThat(encoded[i] & 0xFF).as("sample %d", all[i]).isEqualTo(muLaw(all[i]));
        }
    }

    @Test
    void telephoneTakesNoOddRates() throws IOException {
        Path file = Files.write(directory.resolve("cd.wav"), Wav.of(Wav.PCM, 1, 44_100, 16, new byte[1000]));

        assertThatThrownBy(() -> segments(file, Carriage.TELEPHONE, 250))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("44100 Hz");
    }

    @Test
    void aFileWithoutLengthAndSoundIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("empty.wav"), Wav.of(Wav.PCM, 1, 8000, 16, new byte[0], 0xFFFFFFFF));

        assertThatThrownBy(() -> segments(file, Carriage.PCM, 250))
                .isInstanceOf(AudioFileException.class)
                .hasMessageContaining(file + ": holds no sound");
    }

    /**
     * ITU-T G.711, table 2a: interval i of segment s begins at the decision value ((2 i + 32) << s) - 33 of a 14-bit magnitude. The
     * code is the complement of sign, segment and interval.
     */
    private static int muLaw(int sample) {
        int code = 127;
        while (code > 0 && 4 * (((code % 16 * 2 + 32) << code / 16) - 33) > Math.abs(sample)) {
            code--;
        }
        return ~(code | (sample < 0 ? 128 : 0)) & 0xFF;
    }

    private static List<AudioSegment> segments(Path file, Carriage carriage, int segmentMs) throws IOException {
        List<AudioSegment> segments = new ArrayList<>();
        try (CallSegments source = CallSegments.open(file, CALL, carriage, segmentMs)) {
            source.forEachRemaining(segments::add);
        }
        return segments;
    }

    private static byte[] payload(List<AudioSegment> segments, int channel) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        segments.stream()
                .filter(segment -> segment.getChannel() == channel)
                .forEach(segment -> payload.writeBytes(segment.getPayload().array()));
        return payload.toByteArray();
    }

    private static long framesBefore(List<AudioSegment> segments, AudioSegment segment) {
        return segments.stream()
                .filter(other ->
                        other.getChannel() == segment.getChannel() && other.getSequence() < segment.getSequence())
                .mapToLong(other -> other.getPayload().remaining() / 2)
                .sum();
    }
}
