package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.DeadLetterCause;

/** From a segment's payload to its samples. */
final class PayloadDecoder {
    static final int MIN_SAMPLE_RATE_HZ = 8_000;
    static final int MAX_SAMPLE_RATE_HZ = 48_000;

    private PayloadDecoder() {}

    /** At the segment's own rate, on the scale of 16-bit integers; at least one sample. */
    static float[] decode(Segment segment) throws RejectedAudioException {
        byte[] payload = segment.payload;
        if (payload.length == 0) {
            throw empty("the payload is empty");
        }
        SampleFormat format =
                switch (segment.encoding) {
                    case MULAW -> SampleFormat.MULAW;
                    case ALAW -> SampleFormat.ALAW;
                    case PCM_S16LE -> SampleFormat.S16LE;
                    case WAV -> null;
                    case UNKNOWN ->
                        throw new RejectedAudioException(
                                DeadLetterCause.UNKNOWN_ENCODING, "the encoding is not stated, or newer than this job");
                };
        if (segment.sampleRateHz < MIN_SAMPLE_RATE_HZ || segment.sampleRateHz > MAX_SAMPLE_RATE_HZ) {
            throw new RejectedAudioException(
                    DeadLetterCause.UNSUPPORTED_SAMPLE_RATE,
                    "%d Hz is not between %d and %d Hz"
                            .formatted(segment.sampleRateHz, MIN_SAMPLE_RATE_HZ, MAX_SAMPLE_RATE_HZ));
        }
        return format == null ? decodeWav(segment) : format.decode(payload, 0, payload.length);
    }

    private static float[] decodeWav(Segment segment) throws RejectedAudioException {
        WavFile wav = WavFile.parse(segment.payload);
        if (wav.sampleRateHz() != segment.sampleRateHz) {
            throw new RejectedAudioException(
                    DeadLetterCause.SAMPLE_RATE_MISMATCH,
                    "the WAV header says %d Hz, the record %d Hz".formatted(wav.sampleRateHz(), segment.sampleRateHz));
        }
        if (wav.dataBytes() == 0) {
            throw empty("the 'data' chunk is empty");
        }
        return wav.format().decode(segment.payload, wav.dataOffset(), wav.dataBytes());
    }

    private static RejectedAudioException empty(String message) {
        return new RejectedAudioException(DeadLetterCause.EMPTY_PAYLOAD, message);
    }
}
