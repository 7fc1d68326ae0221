package io.amanuensis.operators.decodeaudio;

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
 * <p>A refused segment leaves the state as it was; the time it leaves is a gap before the next. If it was the last of the
 * channel, the channel ends all the same.
 */
final class ChannelDecoder {
    /** Longest chunk, samples: 1 s. */
    static final int MAX_CHUNK_SAMPLES = PcmChunk.SAMPLE_RATE_HZ;

    private static final short[] NO_SAMPLES = {};

    /** Where chunks and refused segments go. */
    interface Output {
        void emit(PcmChunk chunk);

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
        float[] samples = {};
        G722State g722 = null;
        try {
            if (segment.payload.length > 0 || !segment.lastOfChannel) {
                g722 = g722Of(sound, segment);
                samples = PayloadDecoder.decode(segment, g722);
                requireContinuation(sound, segment);
            }
        } catch (RejectedAudioException e) {
            output.reject(segment, e.deadLetterCause(), e.getMessage());
            if (!segment.lastOfChannel) {
                return sound;
            }
            samples = new float[0];
        }
        sound = sound == null ? begin(segment, samples.length > 0) : skipGap(sound, segment, output);
        if (g722 != null && samples.length > 0) {
            sound.g722 = g722;
        }
        append(sound, segment, samples, output);
        if (segment.lastOfChannel) {
            end(sound, output);
            return null;
        }
        return sound;
    }

    /** Hands out what is held back: the end of the input as far as it is known. */
    void flush(ChannelSound sound, Output output) {
        emit(sound, resamplerOf(sound).finish(sound.run), sound.origin, false, output);
    }

    /** The same, and says that nothing follows. */
    void end(ChannelSound sound, Output output) {
        emit(sound, resamplerOf(sound).finish(sound.run), sound.origin, true, output);
    }

    /** A copy of where the channel's decoder stands, so that a refused segment leaves no trace. */
    private static G722State g722Of(ChannelSound sound, Segment segment) {
        if (segment.encoding != AudioEncoding.G722) {
            return null;
        }
        return sound == null || sound.g722 == null ? new G722State() : sound.g722.copy();
    }

    private void requireContinuation(ChannelSound sound, Segment segment) throws RejectedAudioException {
        if (sound == null) {
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

    /** Without sound, which only a channel's end may be, its rate says nothing. */
    private ChannelSound begin(Segment segment, boolean hasSound) {
        ChannelSound sound = new ChannelSound();
        sound.channel = segment.channel;
        sound.origin = segment.origin;
        sound.sampleRateHz = hasSound ? segment.sampleRateHz : PcmChunk.SAMPLE_RATE_HZ;
        sound.runStartSample = startSample(segment);
        sound.run = resamplerOf(sound).begin();
        return sound;
    }

    private ChannelSound skipGap(ChannelSound sound, Segment segment, Output output) {
        long gapSamples = startSample(segment) - heardEndSample(sound);
        if (gapSamples > toleranceSamples) {
            flush(sound, output);
            PcmChunk gap = chunk(sound, sound.writtenEndSample(), NO_SAMPLES, segment.origin);
            gap.gapSamples = gapSamples;
            output.emit(gap);
            sound.runStartSample = startSample(segment);
            sound.run = resamplerOf(sound).begin();
        }
        return sound;
    }

    private void append(ChannelSound sound, Segment segment, float[] samples, Output output) {
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
