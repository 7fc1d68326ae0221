package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.Arrays;

/**
 * Decodes the segments of one channel, in order, to 16 kHz and keeps the channel's clock. The first segment of an epoch sets
 * the clock by its {@code startMs}; from then on position is counted in samples and {@code startMs} is only compared:
 *
 * <ul>
 *   <li>within the tolerance the segment continues the sound, and no rounding error accumulates;
 *   <li>later than that, a gap as long as the difference comes before it;
 *   <li>earlier, it is refused (OVERLAPPING_AUDIO): its time has already been heard.
 * </ul>
 *
 * A producer whose sample clock drifts steadily from its {@code startMs} is thus corrected in steps of the tolerance: by a gap
 * if its samples come too slowly, by a refused segment (and the gap that this leaves) if too fast.
 *
 * <p>A refused segment leaves the sound as it was; the time it claims is a gap before the next or before the end, marked as
 * refused. If it was the last of the channel, the channel ends all the same.
 *
 * <p>Everything is counted here by the segments that came, apart from the chunks that leave, so that what the stages behind make
 * of the chunks can be held against it.
 */
final class ChannelDecoder implements AutoCloseable {
    /** Longest chunk, samples: 1 s. */
    static final int MAX_CHUNK_SAMPLES = PcmChunk.SAMPLE_RATE_HZ;

    private static final short[] NO_SAMPLES = {};

    /** Where chunks, refused segments and counts go. */
    interface Output {
        void emit(PcmChunk chunk);

        void count(CountedSound counted);

        void reject(Segment segment, DeadLetterCause cause, String message);
    }

    private final long toleranceSamples;
    private final Resamplers resamplers = new Resamplers();

    ChannelDecoder(DecodeAudioSettings settings) {
        this.toleranceSamples = settings.clockTolerance().toMillis() * PcmChunk.SAMPLES_PER_MS;
    }

    /**
     * @param sound null for a channel without state
     * @return the channel's state from now on, null if it has none
     */
    ChannelSound accept(ChannelSound sound, Segment segment, Output output) {
        if (sound != null && sound.channel.streamEpoch != segment.channel.streamEpoch) {
            end(sound, output);
            sound = null;
        }
        if (sound == null) {
            sound = begin(segment);
            output.count(CountedSound.begun(segment.channel, sound.startSample));
        }
        try {
            read(sound, segment, output);
        } catch (RejectedAudioException e) {
            output.reject(segment, e.deadLetterCause(), e.getMessage());
            sound.refused.add(startSample(segment), claimedSamples(sound, segment));
        }
        if (segment.lastOfChannel) {
            end(sound, output);
            return null;
        }
        return sound;
    }

    /** The end of the input as far as it is known: hands out what is held back. */
    void cutOff(ChannelSound sound, Output output) {
        close(sound, false, output);
        output.count(counted(sound, CountedSound.Kind.CUT_OFF));
    }

    /** The same, and says that nothing follows. */
    void end(ChannelSound sound, Output output) {
        close(sound, true, output);
        output.count(counted(sound, CountedSound.Kind.ENDED));
    }

    @Override
    public void close() {
        resamplers.close();
    }

    private void close(ChannelSound sound, boolean last, Output output) {
        if (sound.refused.endSample() - heardEndSample(sound) > toleranceSamples) {
            leaveHole(sound, sound.refused.endSample(), false, sound.origin, output);
        }
        emit(sound, resamplerOf(sound).finish(sound.run), sound.origin, last, output);
    }

    /** Only a channel's end may be without sound. */
    private void read(ChannelSound sound, Segment segment, Output output) throws RejectedAudioException {
        float[] samples = {};
        if (segment.payload.length > 0 || !segment.lastOfChannel || segment.reference != null) {
            G722State g722 = g722Of(sound, segment);
            samples = PayloadDecoder.decode(segment, g722);
            requireContinuation(sound, segment);
            if (sound.sampleRateHz == 0) {
                beginSound(sound, segment, samples.length);
            }
            sound.g722 = g722 == null ? sound.g722 : g722;
        }
        skipGap(sound, segment, output);
        sound.refused = new RefusedStretches();
        sound.lastSequence = segment.sequence;
        sound.receivedInputSamples += samples.length;
        append(sound, samples, segment, output);
    }

    /** A copy of where the channel's decoder stands, so that a refused segment leaves no trace. */
    private static G722State g722Of(ChannelSound sound, Segment segment) {
        if (segment.encoding != AudioEncoding.G722) {
            return null;
        }
        return sound.g722 == null ? new G722State() : sound.g722.copy();
    }

    private void requireContinuation(ChannelSound sound, Segment segment) throws RejectedAudioException {
        if (sound.sampleRateHz == 0) {
            return;
        }
        if (segment.sampleRateHz != sound.sampleRateHz) {
            throw new RejectedAudioException(
                    DeadLetterCause.UNSUPPORTED_SAMPLE_RATE,
                    "%d Hz, but this channel began at %d Hz. Raise streamEpoch to change the rate"
                            .formatted(segment.sampleRateHz, sound.sampleRateHz));
        }
        long early = heardEndSample(sound) - startSample(segment);
        if (early > toleranceSamples) {
            throw new RejectedAudioException(
                    DeadLetterCause.OVERLAPPING_AUDIO,
                    "begins at %d ms, %d ms before the end of the sound already read"
                            .formatted(segment.startMs, early / PcmChunk.SAMPLES_PER_MS));
        }
    }

    private ChannelSound begin(Segment segment) {
        ChannelSound sound = new ChannelSound();
        sound.channel = segment.channel;
        sound.origin = segment.origin;
        sound.startSample = startSample(segment);
        sound.runStartSample = sound.startSample;
        sound.run = resamplerOf(sound).begin();
        sound.missingSegments = segment.sequence;
        sound.lastSequence = segment.sequence - 1;
        return sound;
    }

    /** A segment refused before the first sound may have claimed any time: the sound's own is the channel's beginning then. */
    private void beginSound(ChannelSound sound, Segment segment, int sampleCount) {
        sound.sampleRateHz = segment.sampleRateHz;
        sound.segmentSamples = resamplerOf(sound).outputLength(sampleCount);
        sound.run = resamplerOf(sound).begin();
        if (startSample(segment) < sound.startSample) {
            sound.startSample = startSample(segment);
            sound.runStartSample = sound.startSample;
            sound.refused = new RefusedStretches();
        }
    }

    private void skipGap(ChannelSound sound, Segment segment, Output output) {
        if (startSample(segment) - heardEndSample(sound) > toleranceSamples) {
            boolean allCame = sound.refused.areAllBetween(sound.lastSequence, segment.sequence);
            leaveHole(sound, startSample(segment), allCame, segment.origin, output);
        }
    }

    /** @param refused whether all of it was refused; else those parts that refused segments claim */
    private void leaveHole(ChannelSound sound, long endSample, boolean refused, OffsetRange origin, Output output) {
        emit(sound, resamplerOf(sound).finish(sound.run), sound.origin, false, output);
        sound.runStartSample = sound.writtenEndSample();
        sound.run = resamplerOf(sound).begin();
        if (refused) {
            emitGap(sound, endSample, true, origin, output);
        }
        long[] claims = sound.refused.bounds;
        for (int i = 0; i < claims.length; i += 2) {
            emitGap(sound, Math.min(claims[i], endSample), false, origin, output);
            emitGap(sound, Math.min(claims[i + 1], endSample), true, origin, output);
        }
        emitGap(sound, endSample, false, origin, output);
    }

    /** Nothing if there is no time left before {@code endSample}. */
    private static void emitGap(
            ChannelSound sound, long endSample, boolean refused, OffsetRange origin, Output output) {
        long gapSamples = endSample - sound.runStartSample;
        if (gapSamples <= 0) {
            return;
        }
        PcmChunk gap = chunk(sound, sound.runStartSample, NO_SAMPLES, origin);
        gap.gapSamples = gapSamples;
        gap.refused = refused;
        output.emit(gap);
        sound.runStartSample = endSample;
        if (refused) {
            sound.refusedSamples += gapSamples;
        } else {
            sound.missingSamples += gapSamples;
        }
    }

    /**
     * How long a segment that cannot be decoded says it is; as long as the first one where it does not say. Of what a reference says no
     * more than may be fetched at all is believed.
     */
    private static long claimedSamples(ChannelSound sound, Segment segment) {
        long bytes = segment.reference == null
                ? segment.payload.length
                : Math.min(segment.reference.bytes, (long) Short.BYTES * DecodedFile.MAX_REFERENCED_SAMPLES);
        long samples =
                switch (segment.encoding) {
                    case MULAW, ALAW -> bytes;
                    case PCM_S16LE -> bytes / Short.BYTES;
                    case G722 -> 2 * bytes;
                    case WAV, FLAC, OGG_OPUS, MP3, UNKNOWN -> 0;
                };
        boolean plausibleRate = segment.sampleRateHz >= PayloadDecoder.MIN_SAMPLE_RATE_HZ
                && segment.sampleRateHz <= PayloadDecoder.MAX_SAMPLE_RATE_HZ;
        return samples == 0 || !plausibleRate
                ? sound.segmentSamples
                : Math.min(
                        samples * PcmChunk.SAMPLE_RATE_HZ / segment.sampleRateHz, DecodedFile.MAX_REFERENCED_SAMPLES);
    }

    private CountedSound counted(ChannelSound sound, CountedSound.Kind kind) {
        CountedSound counted = new CountedSound();
        counted.channel = sound.channel;
        counted.kind = kind;
        counted.startSample = sound.startSample;
        counted.endSample = sound.writtenEndSample();
        counted.receivedSamples = sound.sampleRateHz == 0
                ? 0
                : -Math.floorDiv(-sound.receivedInputSamples * PcmChunk.SAMPLE_RATE_HZ, (long) sound.sampleRateHz);
        counted.missingSamples = sound.missingSamples;
        counted.refusedSamples = sound.refusedSamples;
        counted.missingSegments = sound.missingSegments;
        counted.segmentSamples = sound.segmentSamples;
        return counted;
    }

    private void append(ChannelSound sound, float[] samples, Segment segment, Output output) {
        boolean heldBack = sound.writtenEndSample() < heardEndSample(sound);
        OffsetRange origin = heldBack ? sound.origin.union(segment.origin) : segment.origin;
        emit(sound, resamplerOf(sound).push(sound.run, samples), origin, false, output);
        sound.origin = segment.origin;
    }

    /** The samples are those before {@code writtenEndSample}. If {@code last}, at least a bare chunk is emitted. */
    private void emit(ChannelSound sound, short[] samples, OffsetRange origin, boolean last, Output output) {
        long startSample = sound.writtenEndSample() - samples.length;
        int from = 0;
        while (samples.length - from > MAX_CHUNK_SAMPLES) {
            output.emit(chunk(
                    sound, startSample + from, Arrays.copyOfRange(samples, from, from + MAX_CHUNK_SAMPLES), origin));
            from += MAX_CHUNK_SAMPLES;
        }
        if (from < samples.length || last) {
            PcmChunk chunk =
                    chunk(sound, startSample + from, Arrays.copyOfRange(samples, from, samples.length), origin);
            chunk.last = last;
            output.emit(chunk);
        }
    }

    private static PcmChunk chunk(ChannelSound sound, long startSample, short[] samples, OffsetRange origin) {
        PcmChunk chunk = new PcmChunk();
        chunk.channel = sound.channel;
        chunk.startSample = startSample;
        chunk.samples = samples;
        chunk.origin = origin;
        return chunk;
    }

    private Resampler resamplerOf(ChannelSound sound) {
        return resamplers.forRate(sound.sampleRateHz == 0 ? PcmChunk.SAMPLE_RATE_HZ : sound.sampleRateHz);
    }

    /** Where the sound read so far ends, held back or not. */
    private long heardEndSample(ChannelSound sound) {
        return sound.runStartSample + resamplerOf(sound).outputLength(sound.run.inputSamples);
    }

    private static long startSample(Segment segment) {
        return segment.startMs * PcmChunk.SAMPLES_PER_MS;
    }
}
