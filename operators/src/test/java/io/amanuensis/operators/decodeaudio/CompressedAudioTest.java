package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that ffmpeg 5.1 encoded, compared with what went in or with what it decodes (Opus: libopus); and files spoilt. */
class CompressedAudioTest {
    private static final int FLAC_TOTAL_AT = 21;
    private static final int OGG_POSITION_AT = 6;
    private static final int OGG_SUM_AT = 22;

    /** A kind of file, one of it, and the rate that its records state. */
    enum Kind {
        FLAC(AudioEncoding.FLAC, "speech-16k.flac", 16_000),
        OGG_OPUS(AudioEncoding.OGG_OPUS, "speech.opus", 48_000),
        MP3(AudioEncoding.MP3, "speech.mp3", 16_000);

        private final AudioEncoding encoding;
        private final String file;
        private final int sampleRateHz;

        Kind(AudioEncoding encoding, String file, int sampleRateHz) {
            this.encoding = encoding;
            this.file = file;
            this.sampleRateHz = sampleRateHz;
        }
    }

    @Test
    void flacIsLossless() throws Exception {
        float[] speech = s16("speech-16k.s16le");
        assertThat(decoded(AudioEncoding.FLAC, 16_000, bytes("speech-16k.flac")))
                .isEqualTo(speech);
        assertThat(decoded(AudioEncoding.FLAC, 16_000, bytes("speech-16k-level0.flac")))
                .isEqualTo(speech);
        assertThat(decoded(AudioEncoding.FLAC, 8_000, bytes("noise-8k-24bit.flac")))
                .isEqualTo(SampleFormat.S24LE.decode(bytes("noise-8k.s24le"), 0, bytes("noise-8k.s24le").length));
    }

    @Test
    void g722IsThatOfAnotherDecoderToTheBit() throws Exception {
        assertThat(decoded(AudioEncoding.G722, 16_000, bytes("speech.g722"))).isEqualTo(s16("speech-of-g722.s16le"));
    }

    /** libopus computes in floating point, ours in integers: 60 dB lie between the sound and what they differ in. */
    @Test
    void opusIsThatOfTheReferenceDecoder() throws Exception {
        assertAlike(decoded(AudioEncoding.OGG_OPUS, 48_000, bytes("speech.opus")), s16("speech-of-opus.s16le"));
    }

    private static void assertAlike(float[] ours, float[] theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        double difference = 0;
        double power = 0;
        for (int i = 0; i < ours.length; i++) {
            difference += Math.pow(ours[i] - theirs[i], 2);
            power += Math.pow(theirs[i], 2);
        }
        assertThat(Math.sqrt(difference / power)).isLessThan(1e-3);
    }

    @Test
    void everyBeginningOfAFileIsRefused() throws Exception {
        for (Kind kind : Kind.values()) {
            byte[] file = bytes(kind.file);
            for (int length = 0; length < file.length; length += length < 400 ? 1 : 97) {
                RejectedAudioException refused = refused(kind, Arrays.copyOf(file, length));
                assertThat(refused.deadLetterCause())
                        .as("%s of %d bytes", kind, length)
                        .isIn(
                                length == 0
                                        ? List.of(DeadLetterCause.EMPTY_PAYLOAD)
                                        : List.of(DeadLetterCause.TRUNCATED_AUDIO, DeadLetterCause.INVALID_AUDIO));
            }
            assertThat(refused(kind, Arrays.copyOf(file, file.length - 1)).deadLetterCause())
                    .isEqualTo(DeadLetterCause.TRUNCATED_AUDIO);
        }
    }

    /** Beyond what no sum covers, the metadata of FLAC and MP3, every damage is found; nowhere does it do more than refuse the file. */
    @Test
    void everyFlippedBitOfTheSoundIsFound() throws Exception {
        for (Kind kind : Kind.values()) {
            byte[] file = bytes(kind.file);
            int sound =
                    switch (kind) {
                        case FLAC -> indexOfFrame(file);
                        case OGG_OPUS -> 0;
                        case MP3 -> file.length;
                    };
            for (int at = 0; at < file.length; at += at < 400 ? 1 : 61) {
                byte[] damaged = file.clone();
                damaged[at] ^= (byte) (1 << at % 8);
                try {
                    decoded(kind.encoding, kind.sampleRateHz, damaged);
                    assertThat(at)
                            .as("%s, damaged at byte %d, is read", kind, at)
                            .isLessThan(sound);
                } catch (RejectedAudioException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void aWrongHeaderIsNamed() throws Exception {
        for (Kind kind : Kind.values()) {
            for (Kind other : Kind.values()) {
                if (kind != other) {
                    RejectedAudioException refused = refused(kind, bytes(other.file));
                    assertThat(refused.deadLetterCause()).isEqualTo(DeadLetterCause.INVALID_AUDIO);
                    assertThat(refused).hasMessageContaining("does not begin with");
                }
            }
        }
    }

    @Test
    void anotherRateThanTheRecordsIsRefused() throws Exception {
        for (Kind kind : Kind.values()) {
            assertThat(refused(kind.encoding, 8_000, bytes(kind.file)).deadLetterCause())
                    .isEqualTo(DeadLetterCause.SAMPLE_RATE_MISMATCH);
        }
        assertThat(refused(AudioEncoding.G722, 8_000, bytes("speech.g722")).deadLetterCause())
                .isEqualTo(DeadLetterCause.SAMPLE_RATE_MISMATCH);
    }

    @Test
    void aHugeLengthIsRefusedWithoutRoomForIt() throws Exception {
        byte[] flac = bytes("speech-16k.flac");
        flac[FLAC_TOTAL_AT] |= 0x0f;
        assertThat(refused(Kind.FLAC, flac).deadLetterCause()).isEqualTo(DeadLetterCause.OVERSIZE_SEGMENT);

        byte[] opus = bytes("speech.opus");
        int page = lastPage(opus);
        ByteBuffer.wrap(opus).order(ByteOrder.LITTLE_ENDIAN).putLong(page + OGG_POSITION_AT, Long.MAX_VALUE - 1);
        repairSum(opus, page);
        assertThat(refused(Kind.OGG_OPUS, opus).deadLetterCause()).isEqualTo(DeadLetterCause.OVERSIZE_SEGMENT);

        assertThat(refused(AudioEncoding.G722, 16_000, new byte[1_000_001]).deadLetterCause())
                .isEqualTo(DeadLetterCause.OVERSIZE_SEGMENT);
    }

    /** 13 bytes stand for four seconds of silence; a megabyte of these would be days. */
    @Test
    void soundThatNobodyAnnouncedIsBoundedToo() throws Exception {
        byte[] flac = Arrays.copyOf(bytes("speech-16k.flac"), 42);
        flac[4] |= (byte) 0x80;
        Arrays.fill(flac, FLAC_TOTAL_AT + 1, FLAC_TOTAL_AT + 5, (byte) 0);
        flac[FLAC_TOTAL_AT] &= (byte) 0xf0;
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(flac);
        for (int i = 0; i < 31; i++) {
            file.write(silentFrame());
        }
        assertThat(decoded(AudioEncoding.FLAC, 16_000, file.toByteArray())).hasSize(31 * 62_500);
        file.write(silentFrame());
        file.write(silentFrame());
        assertThat(refused(Kind.FLAC, file.toByteArray()).deadLetterCause())
                .isEqualTo(DeadLetterCause.OVERSIZE_SEGMENT);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aBadFileIsOneDeadLetterAndTheNextIsHeard(Kind kind) throws Exception {
        byte[] good = bytes(kind.file);
        List<byte[]> poison = List.of(
                new byte[0], new byte[] {1}, Arrays.copyOf(good, good.length / 2), Arrays.copyOfRange(good, 1, 900));
        try (StageHarness<Segment, PcmChunk> stage = StageHarness.start(
                new DecodeAudioFunction(DecodeAudioSettings.DEFAULT), Segment::key, Backend.HASHMAP)) {
            for (int i = 0; i < poison.size(); i++) {
                stage.process(segment(kind.encoding, kind.sampleRateHz, i, poison.get(i)));
                List<DeadLetter> letters = stage.takeSide(DeadLetters.TAG);
                assertThat(letters).hasSize(1);
                assertThat(letters.get(0).getCause())
                        .isIn(
                                DeadLetterCause.EMPTY_PAYLOAD,
                                DeadLetterCause.INVALID_AUDIO,
                                DeadLetterCause.TRUNCATED_AUDIO);
                assertThat(stage.takeOutput()).isEmpty();
            }
            stage.process(Segments.last(segment(kind.encoding, kind.sampleRateHz, poison.size(), good)));
            assertThat(stage.takeSide(DeadLetters.TAG)).isEmpty();
            assertThat(stage.takeOutput().stream()
                            .mapToInt(chunk -> chunk.samples.length)
                            .sum())
                    .isEqualTo(16_000);
        }
    }

    /** The predictors of G.722 go on from segment to segment, through a snapshot and past a refused segment. */
    @Test
    void g722GoesOnWhereTheSegmentBeforeItEnded() throws Exception {
        byte[] stream = bytes("speech.g722");
        List<Short> heard = new ArrayList<>();
        OperatorSubtaskState state;
        DecodeAudioFunction first = new DecodeAudioFunction(DecodeAudioSettings.DEFAULT);
        try (StageHarness<Segment, PcmChunk> stage = StageHarness.start(first, Segment::key, Backend.ROCKSDB)) {
            stage.process(segment(AudioEncoding.G722, 16_000, 0, Arrays.copyOfRange(stream, 0, 2_000)));
            stage.process(segment(AudioEncoding.G722, 16_000, 1, Arrays.copyOfRange(stream, 2_000, 4_000)));
            Segment overlapping = segment(AudioEncoding.G722, 16_000, 0, Arrays.copyOfRange(stream, 0, 2_000));
            stage.process(overlapping);
            assertThat(stage.takeSide(DeadLetters.TAG)).hasSize(1);
            collect(heard, stage.takeOutput());
            state = stage.snapshot();
        }
        DecodeAudioFunction second = new DecodeAudioFunction(DecodeAudioSettings.DEFAULT);
        try (StageHarness<Segment, PcmChunk> stage =
                new StageHarness<>(second, Segment::key, Backend.ROCKSDB, 1, 0, 1, state, 0)) {
            stage.process(segment(AudioEncoding.G722, 16_000, 2, Arrays.copyOfRange(stream, 4_000, 6_000)));
            stage.process(
                    Segments.last(segment(AudioEncoding.G722, 16_000, 3, Arrays.copyOfRange(stream, 6_000, 8_000))));
            collect(heard, stage.takeOutput());
        }
        float[] whole = s16("speech-of-g722.s16le");
        assertThat(heard).hasSize(whole.length);
        for (int i = 0; i < whole.length; i++) {
            assertThat((float) heard.get(i)).as("sample %d", i).isEqualTo(whole[i]);
        }
    }

    private static void collect(List<Short> samples, List<PcmChunk> chunks) {
        for (PcmChunk chunk : chunks) {
            for (short sample : chunk.samples) {
                samples.add(sample);
            }
        }
    }

    private static float[] decoded(AudioEncoding encoding, int sampleRateHz, byte[] payload)
            throws RejectedAudioException {
        return PayloadDecoder.decode(segment(encoding, sampleRateHz, 0, payload), new G722State());
    }

    private static RejectedAudioException refused(Kind kind, byte[] payload) {
        return refused(kind.encoding, kind.sampleRateHz, payload);
    }

    private static RejectedAudioException refused(AudioEncoding encoding, int sampleRateHz, byte[] payload) {
        RejectedAudioException refused =
                catchThrowableOfType(RejectedAudioException.class, () -> decoded(encoding, sampleRateHz, payload));
        return refused == null ? fail("%d bytes of %s are read", payload.length, encoding) : refused;
    }

    private static Segment segment(AudioEncoding encoding, int sampleRateHz, int sequence, byte[] payload) {
        Segment segment = Segments.segment(Segments.channel("call", 0), sequence, sequence);
        segment.encoding = encoding;
        segment.sampleRateHz = sampleRateHz;
        segment.payload = payload;
        return segment;
    }

    /** 62,500 samples of 16 bits, all zero, as a frame of its own. */
    private static byte[] silentFrame() {
        byte[] frame = {(byte) 0xff, (byte) 0xf8, 0x70, 0x08, 0, (byte) 0xf4, 0x23, 0, 0, 0, 0, 0, 0};
        frame[7] = (byte) sum(frame, 7, 8, 0x07);
        int sum = sum(frame, 11, 16, 0x8005);
        frame[11] = (byte) (sum >> 8);
        frame[12] = (byte) sum;
        return frame;
    }

    /** Bit by bit, as RFC 9639 defines it. */
    private static int sum(byte[] bytes, int to, int width, int polynomial) {
        int sum = 0;
        for (int bit = 0; bit < 8 * to; bit++) {
            int in = bytes[bit / 8] >> 7 - bit % 8 & 1;
            int out = sum >> width - 1 & 1;
            sum = sum << 1 & (1 << width) - 1;
            if (in != out) {
                sum ^= polynomial;
            }
        }
        return sum;
    }

    private static int indexOfFrame(byte[] flac) {
        int at = 4;
        boolean last = false;
        while (!last) {
            last = flac[at] < 0;
            at += 4 + (ByteBuffer.wrap(flac).getInt(at) & 0xffffff);
        }
        return at;
    }

    private static int lastPage(byte[] ogg) {
        for (int at = ogg.length - 4; ; at--) {
            if (ogg[at] == 'O' && ogg[at + 1] == 'g' && ogg[at + 2] == 'g' && ogg[at + 3] == 'S') {
                return at;
            }
        }
    }

    private static void repairSum(byte[] ogg, int page) {
        ByteBuffer file = ByteBuffer.wrap(ogg).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(page + OGG_SUM_AT, 0);
        int sum = 0;
        for (int bit = 8 * page; bit < 8 * ogg.length; bit++) {
            int in = ogg[bit / 8] >> 7 - bit % 8 & 1;
            int out = sum >>> 31;
            sum <<= 1;
            if (in != out) {
                sum ^= 0x04c11db7;
            }
        }
        file.putInt(page + OGG_SUM_AT, sum);
    }

    private static float[] s16(String name) throws Exception {
        byte[] bytes = bytes(name);
        return SampleFormat.S16LE.decode(bytes, 0, bytes.length);
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream file = CompressedAudioTest.class.getResourceAsStream(name)) {
            return file.readAllBytes();
        }
    }
}
