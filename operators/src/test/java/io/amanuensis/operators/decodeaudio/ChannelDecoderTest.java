package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.DeadLetterCause;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelDecoderTest {
    private static final int FIRST_OFFSET = 100;

    private final ChannelDecoder decoder = new ChannelDecoder(DecodeAudioSettings.DEFAULT);

    @AfterEach
    void close() {
        decoder.close();
    }

    private final Recorder recorder = new Recorder();
    private ChannelSound sound;
    private long offset = FIRST_OFFSET;

    /** Everything emitted; checks that chunks follow one another. */
    private static final class Recorder implements ChannelDecoder.Output {
        private final List<PcmChunk> chunks = new ArrayList<>();
        private final List<String> rejected = new ArrayList<>();
        private final List<String> counts = new ArrayList<>();

        @Override
        public void emit(PcmChunk chunk) {
            if (!chunks.isEmpty() && !chunks.get(chunks.size() - 1).last) {
                assertThat(chunk.startSample)
                        .isEqualTo(chunks.get(chunks.size() - 1).endSample());
            }
            assertThat(chunk.samples.length).isLessThanOrEqualTo(16_000);
            chunks.add(chunk);
        }

        @Override
        public void count(CountedSound counted) {
            counts.add(counted.toString());
        }

        @Override
        public void reject(Segment segment, DeadLetterCause cause, String message) {
            rejected.add(cause + ": " + message);
        }

        private short[] samples() {
            short[] all = new short
                    [chunks.stream().mapToInt(chunk -> chunk.samples.length).sum()];
            int at = 0;
            for (PcmChunk chunk : chunks) {
                System.arraycopy(chunk.samples, 0, all, at, chunk.samples.length);
                at += chunk.samples.length;
            }
            return all;
        }

        /** Start, samples, "gap" samples, "last", one line a chunk. */
        private List<String> lines() {
            return chunks.stream()
                    .map(chunk -> chunk.startSample
                            + (chunk.gapSamples > 0 ? (chunk.refused ? " refused " : " gap ") + chunk.gapSamples : "")
                            + (chunk.samples.length > 0 ? " pcm " + chunk.samples.length : "")
                            + (chunk.last ? " last" : ""))
                    .toList();
        }
    }

    private Segment pcm(long startMs, int rateHz, short... samples) {
        Segment segment = Segments.segment(Segments.channel("call", 0), 0, 0);
        segment.encoding = AudioEncoding.PCM_S16LE;
        segment.startMs = startMs;
        segment.sampleRateHz = rateHz;
        segment.payload = new byte[samples.length * 2];
        ByteBuffer.wrap(segment.payload)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .put(samples);
        segment.sequence = offset - FIRST_OFFSET;
        segment.origin = new OffsetRange("audio", 3, offset, offset);
        offset++;
        return segment;
    }

    private Segment silence(long startMs, int rateHz, int durationMs) {
        return pcm(startMs, rateHz, new short[rateHz / 1000 * durationMs]);
    }

    private void accept(Segment segment) {
        sound = decoder.accept(sound, segment, recorder);
    }

    private static short[] noise(int count, long seed) {
        Random random = new Random(seed);
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) random.nextInt(-9000, 9001);
        }
        return samples;
    }

    @Test
    void sixteenKilohertzPassesBitForBit() {
        short[] samples = noise(4000, 1);
        accept(pcm(500, 16_000, samples));
        assertThat(recorder.samples()).isEqualTo(samples);
        assertThat(recorder.lines()).containsExactly("8000 pcm 4000");
    }

    private Segment refers(long startMs, int bytes, DeadLetterCause cause) {
        Segment segment = pcm(startMs, 16_000);
        Reference reference = new Reference("file:///1.pcm", bytes, "00ff");
        segment.reference = cause == null ? reference : reference.failed(cause, "why");
        return segment;
    }

    @Test
    void aReferenceThatCouldNotBeReadIsRefusedAndClaimsItsTime() {
        accept(silence(0, 16_000, 250));
        accept(refers(250, 8000, DeadLetterCause.REFERENCE_MISSING));
        accept(silence(500, 16_000, 250));
        accept(Segments.last(refers(750, 16_000, null)));
        assertThat(recorder.rejected)
                .containsExactly(
                        "REFERENCE_MISSING: why",
                        "REFERENCE_NOT_ALLOWED: file:///1.pcm: this job reads no payloads by reference; set reference.allowed-prefixes");
        assertThat(recorder.lines())
                .containsExactly(
                        "0 pcm 4000", "4000 refused 4000", "8000 pcm 4000", "12000 refused 8000", "20000 last");
    }

    /** Two minutes and more would be too much for a record. */
    @Test
    void aFileByReferenceMayBeLongAndNotEndless() {
        Segment longer = pcm(0, 16_000, new short[150 * 16_000]);
        accept(longer);
        assertThat(recorder.rejected).singleElement().asString().startsWith("OVERSIZE_SEGMENT");
        longer.reference = new Reference("file:///1.pcm", longer.payload.length, "00ff");
        accept(longer);
        assertThat(recorder.rejected).hasSize(1);
        assertThat(recorder.samples()).hasSize(150 * 16_000);
        Segment endless = pcm(150_000, 16_000);
        endless.payload = new byte[2 * (14_400_000 + 1)];
        endless.reference = new Reference("file:///2.pcm", endless.payload.length, "00ff");
        accept(endless);
        assertThat(recorder.rejected).last().asString().startsWith("OVERSIZE_SEGMENT: the file holds 14400001 samples");
    }

    @Test
    void positionIsCountedFromTheFirstStart() {
        accept(silence(1234, 8000, 250));
        accept(silence(1484, 8000, 250));
        accept(Segments.last(silence(1734, 8000, 250)));
        assertThat(recorder.chunks.get(0).startSample).isEqualTo(1234 * 16);
        assertThat(recorder.chunks.get(recorder.chunks.size() - 1).endSample()).isEqualTo((1234 + 750) * 16);
        assertThat(recorder.samples()).hasSize(750 * 16);
        assertThat(sound).as("an ended channel has no state").isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 11025, 16_000, 22_050, 44_100, 48_000})
    void bordersOfSegmentsLeaveNoTrace(int rateHz) {
        short[] samples = noise(rateHz * 3 + 17, rateHz);
        accept(Segments.last(pcm(0, rateHz, samples)));
        short[] whole = recorder.samples();
        assertThat(whole).hasSize((int) Math.ceil(samples.length * 16_000.0 / rateHz));
        for (int largestMs : new int[] {5, 37, 250, 1000}) {
            recorder.chunks.clear();
            Random random = new Random(largestMs);
            for (int from = 0; from < samples.length; ) {
                int to = Math.min(samples.length, from + 1 + random.nextInt(rateHz / 1000 * largestMs));
                Segment segment =
                        pcm(Math.round(from * 1000.0 / rateHz), rateHz, Arrays.copyOfRange(samples, from, to));
                segment.lastOfChannel = to == samples.length;
                accept(segment);
                from = to;
            }
            assertThat(recorder.samples())
                    .as("segments of up to %d ms", largestMs)
                    .isEqualTo(whole);
            assertThat(recorder.rejected).isEmpty();
        }
    }

    @Test
    void longSegmentsLeaveInChunksOfASecond() {
        accept(Segments.last(silence(0, 16_000, 2500)));
        assertThat(recorder.lines()).containsExactly("0 pcm 16000", "16000 pcm 16000", "32000 pcm 8000", "40000 last");
    }

    @Test
    void missingTimeBecomesAGapAndTheTailComesBeforeIt() {
        accept(silence(0, 8000, 100));
        int held = 1600 - recorder.samples().length;
        assertThat(held).isPositive();
        accept(silence(400, 8000, 100));
        assertThat(recorder.lines().subList(0, 3))
                .containsExactly("0 pcm " + (1600 - held), (1600 - held) + " pcm " + held, "1600 gap 4800");
        assertThat(recorder.chunks.get(2).origin).isEqualTo(new OffsetRange("audio", 3, 101, 101));
        assertThat(recorder.chunks.get(1).origin).isEqualTo(new OffsetRange("audio", 3, 100, 100));
        assertThat(recorder.chunks.get(3).startSample).isEqualTo(6400);
    }

    @Test
    void soundAfterAGapDoesNotHearWhatWasBefore() {
        short[] before = noise(800, 5);
        short[] after = noise(800, 6);
        accept(pcm(0, 8000, before));
        accept(Segments.last(pcm(1000, 8000, after)));
        short[] together = recorder.samples();
        recorder.chunks.clear();
        accept(Segments.last(pcm(1000, 8000, after)));
        assertThat(Arrays.copyOfRange(together, 1600, 3200)).isEqualTo(recorder.samples());
    }

    /** Expected at 250 ms; the tolerance is 20 ms. */
    @ParameterizedTest
    @CsvSource({"270, 0, false", "271, 336, false", "230, 0, false", "229, 0, true"})
    void theToleranceIsExact(long startMs, long gapSamples, boolean overlaps) {
        accept(silence(0, 16_000, 250));
        accept(silence(startMs, 16_000, 250));
        assertThat(recorder.chunks.stream().mapToLong(chunk -> chunk.gapSamples).sum())
                .isEqualTo(gapSamples);
        assertThat(recorder.rejected).hasSize(overlaps ? 1 : 0);
        if (overlaps) {
            assertThat(recorder.rejected.get(0)).startsWith("OVERLAPPING_AUDIO: begins at 229 ms, 21 ms before");
        }
    }

    /** A clock 0.4 % slow: 1 ms a segment. Without counting, no segment would ever be 20 ms off. */
    @Test
    void driftIsMeasuredAgainstTheCountedPosition() {
        for (int i = 0; i < 21; i++) {
            accept(silence(i * 251L, 16_000, 250));
        }
        assertThat(recorder.lines()).filteredOn(line -> line.contains("gap")).isEmpty();
        accept(silence(21 * 251L, 16_000, 250));
        assertThat(recorder.lines())
                .filteredOn(line -> line.contains("gap"))
                .containsExactly(21 * 4000 + " gap " + 21 * 16);
    }

    @Test
    void theOriginOfAChunkCoversTheTailOfTheSegmentBefore() {
        accept(silence(0, 8000, 100));
        accept(silence(100, 8000, 1500));
        assertThat(recorder.chunks).hasSize(3);
        assertThat(recorder.chunks.get(1).origin).isEqualTo(new OffsetRange("audio", 3, 100, 101));
        recorder.chunks.clear();
        sound = null;
        accept(silence(0, 16_000, 100));
        accept(silence(100, 16_000, 100));
        assertThat(recorder.chunks.get(1).origin).isEqualTo(new OffsetRange("audio", 3, 103, 103));
    }

    @Test
    void aHigherEpochEndsTheOneBeforeWithItsTail() {
        accept(silence(0, 8000, 100));
        Segment restarted = silence(5000, 16_000, 100);
        restarted.channel = Segments.channel("call", 1);
        accept(restarted);
        assertThat(recorder.samples()).hasSize(1600 + 1600);
        assertThat(recorder.chunks.get(1).last).isTrue();
        assertThat(recorder.chunks.get(1).channel.streamEpoch).isZero();
        assertThat(recorder.lines().get(2)).isEqualTo("80000 pcm 1600");
        assertThat(recorder.rejected).as("a new epoch may have a new rate").isEmpty();
    }

    @Test
    void theLastSegmentMayBeEmpty() {
        accept(silence(0, 8000, 100));
        accept(Segments.last(pcm(100, 8000)));
        assertThat(recorder.samples()).hasSize(1600);
        assertThat(recorder.lines()).last().asString().endsWith(" last");
        assertThat(recorder.rejected).isEmpty();
    }

    @Test
    void anEmptyLastSegmentTellsOfMissingTimeToo() {
        accept(silence(0, 16_000, 100));
        accept(Segments.last(pcm(1000, 16_000)));
        assertThat(recorder.lines()).containsExactly("0 pcm 1600", "1600 gap 14400", "16000 last");
    }

    @Test
    void aChannelOfNothingButItsEnd() {
        accept(Segments.last(pcm(700, 0)));
        assertThat(recorder.lines()).containsExactly("11200 last");
        assertThat(recorder.rejected).isEmpty();
    }

    @Test
    void theEndOfTheInputIsNotTheEndOfTheChannel() {
        accept(silence(0, 8000, 100));
        decoder.cutOff(sound, recorder);
        assertThat(recorder.samples()).hasSize(1600);
        assertThat(recorder.chunks).noneMatch(chunk -> chunk.last);
    }

    @Test
    void refusesAChangeOfRateWithinAnEpoch() {
        accept(silence(0, 8000, 100));
        accept(silence(100, 16_000, 100));
        assertThat(recorder.rejected)
                .containsExactly(
                        "UNSUPPORTED_SAMPLE_RATE: 16000 Hz, but this channel began at 8000 Hz. Raise streamEpoch to change the rate");
    }

    /** What a producer can get wrong, and the cause it is told. */
    enum Poison {
        EMPTY(DeadLetterCause.EMPTY_PAYLOAD) {
            @Override
            void spoil(Segment segment) {
                segment.payload = new byte[0];
            }
        },
        ODD_BYTES(DeadLetterCause.TRUNCATED_AUDIO) {
            @Override
            void spoil(Segment segment) {
                segment.payload = new byte[3];
            }
        },
        NO_ENCODING(DeadLetterCause.UNKNOWN_ENCODING) {
            @Override
            void spoil(Segment segment) {
                segment.encoding = AudioEncoding.UNKNOWN;
            }
        },
        TOO_SLOW(DeadLetterCause.UNSUPPORTED_SAMPLE_RATE) {
            @Override
            void spoil(Segment segment) {
                segment.sampleRateHz = 7999;
            }
        },
        TOO_FAST(DeadLetterCause.UNSUPPORTED_SAMPLE_RATE) {
            @Override
            void spoil(Segment segment) {
                segment.sampleRateHz = 48_001;
            }
        },
        NO_WAV(DeadLetterCause.INVALID_WAV) {
            @Override
            void spoil(Segment segment) {
                segment.encoding = AudioEncoding.WAV;
            }
        },
        WAV_OF_ANOTHER_RATE(DeadLetterCause.SAMPLE_RATE_MISMATCH) {
            @Override
            void spoil(Segment segment) {
                segment.encoding = AudioEncoding.WAV;
                segment.payload = wav(3, 8000, 32, new byte[4]);
            }
        },
        EMPTY_WAV(DeadLetterCause.EMPTY_PAYLOAD) {
            @Override
            void spoil(Segment segment) {
                segment.encoding = AudioEncoding.WAV;
                segment.payload = wav(1, segment.sampleRateHz, 16, new byte[0]);
            }
        },
        NOT_A_NUMBER(DeadLetterCause.INVALID_SAMPLES) {
            @Override
            void spoil(Segment segment) {
                segment.encoding = AudioEncoding.WAV;
                segment.payload = wav(3, segment.sampleRateHz, 32, new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xc0, 0x7f});
            }
        },
        INFINITE(DeadLetterCause.INVALID_SAMPLES) {
            @Override
            void spoil(Segment segment) {
                segment.encoding = AudioEncoding.WAV;
                segment.payload = wav(3, segment.sampleRateHz, 32, new byte[] {0, 0, (byte) 0x80, (byte) 0xff});
            }
        };

        private final DeadLetterCause cause;

        Poison(DeadLetterCause cause) {
            this.cause = cause;
        }

        abstract void spoil(Segment segment);

        private static byte[] wav(int tag, int rateHz, int bits, byte[] data) {
            return ByteBuffer.allocate(44 + data.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0x46464952)
                    .putInt(36 + data.length)
                    .putInt(0x45564157)
                    .putInt(0x20746d66)
                    .putInt(16)
                    .putShort((short) tag)
                    .putShort((short) 1)
                    .putInt(rateHz)
                    .putInt(rateHz * bits / 8)
                    .putShort((short) (bits / 8))
                    .putShort((short) bits)
                    .putInt(0x61746164)
                    .putInt(data.length)
                    .put(data)
                    .array();
        }
    }

    @ParameterizedTest
    @EnumSource(Poison.class)
    void poisonGivesOneDeadLetterAndTheNextSegmentIsHeard(Poison poison) {
        accept(silence(0, 16_000, 250));
        Segment spoilt = silence(250, 16_000, 250);
        poison.spoil(spoilt);
        accept(spoilt);
        accept(silence(500, 16_000, 250));
        assertThat(recorder.rejected).singleElement().asString().startsWith(poison.cause + ": ");
        assertThat(recorder.lines()).containsExactly("0 pcm 4000", "4000 refused 4000", "8000 pcm 4000");
    }

    @ParameterizedTest
    @EnumSource(value = Poison.class, mode = EnumSource.Mode.EXCLUDE, names = "EMPTY")
    void poisonStillEndsTheChannel(Poison poison) {
        accept(silence(0, 16_000, 250));
        Segment spoilt = Segments.last(silence(500, 16_000, 250));
        poison.spoil(spoilt);
        accept(spoilt);
        assertThat(recorder.rejected).hasSize(1);
        long claimed = poison == Poison.ODD_BYTES ? 1 : 4000;
        assertThat(recorder.lines())
                .containsExactly("0 pcm 4000", "4000 gap 4000", "8000 refused " + claimed, (8000 + claimed) + " last");

        recorder.chunks.clear();
        accept(spoilt);
        assertThat(recorder.lines()).as("the first of the channel").containsExactly("8000 last");
    }

    @Test
    void anOverlappingLastSegmentIsRefusedAsFarAsItsTimeWasNotHeard() {
        accept(silence(0, 16_000, 250));
        accept(Segments.last(silence(100, 16_000, 250)));
        assertThat(recorder.rejected).hasSize(1);
        assertThat(recorder.lines()).containsExactly("0 pcm 4000", "4000 refused 1600", "5600 last");
    }

    @Test
    void aHoleOfRefusedSegmentsAloneIsRefusedWhateverTheyClaim() {
        accept(silence(0, 16_000, 250));
        accept(refused(250, 1));
        accept(refused(1250, 1));
        accept(silence(2250, 16_000, 250));
        assertThat(recorder.lines()).containsExactly("0 pcm 4000", "4000 refused 32000", "36000 pcm 4000");
    }

    @Test
    void inAHoleOfLostAndRefusedSegmentsTheClaimsDecide() {
        accept(silence(0, 16_000, 250));
        offset++;
        accept(refused(500, 250));
        accept(refused(700, 250));
        offset++;
        accept(refused(1200, 500));
        accept(silence(1500, 16_000, 250));
        assertThat(recorder.lines())
                .containsExactly(
                        "0 pcm 4000",
                        "4000 gap 4000",
                        "8000 refused 7200",
                        "15200 gap 4000",
                        "19200 refused 4800",
                        "24000 pcm 4000");
    }

    /** A quarter of an hour at 16 kHz is as much as may be fetched. */
    @ParameterizedTest
    @ValueSource(longs = {14_400_001, 1_000_000_000_000L, Long.MAX_VALUE})
    void aReferenceThatWasNotFetchedClaimsNoMoreTimeThanMayBe(long bytes) {
        accept(silence(0, 16_000, 250));
        Segment segment = silence(250, 16_000, 0);
        segment.encoding = AudioEncoding.MULAW;
        segment.sampleRateHz = 8000;
        segment.reference = new Reference("s3://bucket/sound", bytes, "00".repeat(32));
        accept(Segments.last(segment));
        assertThat(recorder.lines()).containsExactly("0 pcm 4000", "4000 refused 14400000", "14404000 last");
    }

    @Test
    void aClockThatJumpsWithoutALostSegmentIsAGap() {
        accept(silence(0, 16_000, 250));
        accept(silence(500, 16_000, 250));
        assertThat(recorder.lines()).containsExactly("0 pcm 4000", "4000 gap 4000", "8000 pcm 4000");
    }

    @Test
    void claimsBeforeTheFirstSoundAreForgottenIfTheSoundBeginsEarlier() {
        accept(refused(1_000_000, 250));
        accept(silence(250, 16_000, 250));
        assertThat(recorder.lines()).containsExactly("4000 pcm 4000");
        accept(Segments.last(silence(500, 16_000, 250)));
        assertThat(recorder.counts).last().asString().contains("[4000, 12000): 8000 received, 0 missing, 0 refused");
    }

    @Test
    void aChannelBeginsWithItsFirstSegmentHeardOrNot() {
        accept(refused(0, 250));
        accept(Segments.last(silence(250, 8000, 250)));
        assertThat(recorder.lines()).containsExactly("0 refused 4000", "4000 pcm 3884", "7884 pcm 116 last");
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 11_025, 16_000, 44_100})
    void whatIsCountedIsTheSegmentsNotTheChunks(int rateHz) {
        offset += 3;
        accept(silence(750, rateHz, 250));
        assertThat(recorder.counts)
                .containsExactly("BEGUN acme/call/0@0 [12000, 12000): 0 received, 0 missing, 0 refused");
        offset++;
        accept(refused(1250, 250));
        accept(silence(1500, rateHz, 200));
        decoder.end(sound, recorder);
        long received = (long) Math.ceil((rateHz / 1000 * 250 + rateHz / 1000 * 200) * 16_000.0 / rateHz);
        long heard = recorder.samples().length;
        assertThat(heard).isBetween(received, received + 1);
        assertThat(recorder.counts)
                .last()
                .asString()
                .startsWith("ENDED acme/call/0@0 [12000, ")
                .endsWith("): " + received + " received, " + missing(rateHz) + " missing, 4000 refused");
    }

    /** A millisecond of 11025 Hz has no whole number of samples: the first segment is a little short, and the gap longer. */
    private static long missing(int rateHz) {
        return 8000 - (long) Math.ceil(rateHz / 1000 * 250 * 16_000.0 / rateHz);
    }

    /** PCM of odd length that claims a time. */
    private Segment refused(long startMs, int claimedMs) {
        Segment segment = silence(startMs, 16_000, claimedMs);
        segment.payload = Arrays.copyOf(segment.payload, segment.payload.length + 1);
        return segment;
    }
}
