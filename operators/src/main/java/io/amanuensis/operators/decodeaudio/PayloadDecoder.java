package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.DeadLetterCause;

/** From a segment's payload to its samples. */
final class PayloadDecoder {
    static final int MIN_SAMPLE_RATE_HZ = 8_000;
    static final int MAX_SAMPLE_RATE_HZ = 48_000;

    private PayloadDecoder() {}

    /**
     * At the segment's own rate, on the scale of 16-bit integers; at least one sample.
     *
     * @param g722 where the channel's decoder stands if the segment is in G.722; moves on even if the segment is refused
     */
    static float[] decode(Segment segment, G722State g722) throws RejectedAudioException {
        byte[] payload = segment.payload;
        requireFetched(segment);
        if (payload.length == 0) {
            throw empty("the payload is empty");
        }
        if (segment.encoding == AudioEncoding.UNKNOWN) {
            throw new RejectedAudioException(
                    DeadLetterCause.UNKNOWN_ENCODING, "the encoding is not stated, or newer than this job");
        }
        if (segment.sampleRateHz < MIN_SAMPLE_RATE_HZ || segment.sampleRateHz > MAX_SAMPLE_RATE_HZ) {
            throw new RejectedAudioException(
                    DeadLetterCause.UNSUPPORTED_SAMPLE_RATE,
                    "%d Hz is not between %d and %d Hz"
                            .formatted(segment.sampleRateHz, MIN_SAMPLE_RATE_HZ, MAX_SAMPLE_RATE_HZ));
        }
        DecodedFile.Limit limit = DecodedFile.limitOf(segment);
        return switch (segment.encoding) {
            case MULAW -> decode(SampleFormat.MULAW, segment, 0, payload.length);
            case ALAW -> decode(SampleFormat.ALAW, segment, 0, payload.length);
            case PCM_S16LE -> decode(SampleFormat.S16LE, segment, 0, payload.length);
            case WAV -> decodeWav(segment);
            case FLAC -> samples(FlacFile.decode(payload, limit), segment);
            case OGG_OPUS -> samples(OggOpus.decode(payload, limit), segment);
            case MP3 -> samples(Mp3File.decode(payload, limit), segment);
            case G722 -> decodeG722(segment, g722);
            case UNKNOWN -> throw new IllegalStateException("refused above");
        };
    }

    private static float[] decodeG722(Segment segment, G722State state) throws RejectedAudioException {
        if (segment.sampleRateHz != G722.SAMPLE_RATE_HZ) {
            throw new RejectedAudioException(
                    DeadLetterCause.SAMPLE_RATE_MISMATCH,
                    "G.722 has %d Hz (what RTP calls its clock of 8000 is not its rate), the record says %d Hz"
                            .formatted(G722.SAMPLE_RATE_HZ, segment.sampleRateHz));
        }
        DecodedFile.limitOf(segment)
                .require((long) G722.SAMPLES_PER_BYTE * segment.payload.length, G722.SAMPLE_RATE_HZ);
        return G722.decode(segment.payload, state);
    }

    private static float[] samples(DecodedFile file, Segment segment) throws RejectedAudioException {
        if (file.sampleRateHz() != segment.sampleRateHz) {
            throw new RejectedAudioException(
                    DeadLetterCause.SAMPLE_RATE_MISMATCH,
                    "the %s file has %d Hz, the record says %d Hz"
                            .formatted(segment.encoding, file.sampleRateHz(), segment.sampleRateHz));
        }
        if (file.samples().length == 0) {
            throw empty("the %s file holds no samples".formatted(segment.encoding));
        }
        return file.samples();
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
        return decode(wav.format(), segment, wav.dataOffset(), wav.dataBytes());
    }

    private static float[] decode(SampleFormat format, Segment segment, int offset, int byteCount)
            throws RejectedAudioException {
        DecodedFile.limitOf(segment).require(format.samples(byteCount), segment.sampleRateHz);
        return format.decode(segment.payload, offset, byteCount);
    }

    /** A reference without payload was not to be read, or could not be. */
    private static void requireFetched(Segment segment) throws RejectedAudioException {
        Reference reference = segment.reference;
        if (reference == null || segment.payload.length > 0) {
            return;
        }
        if (reference.cause != null) {
            throw new RejectedAudioException(reference.cause, reference.message);
        }
        throw new RejectedAudioException(
                DeadLetterCause.REFERENCE_NOT_ALLOWED,
                "%s: this job reads no payloads by reference; set reference.allowed-prefixes".formatted(reference.uri));
    }

    private static RejectedAudioException empty(String message) {
        return new RejectedAudioException(DeadLetterCause.EMPTY_PAYLOAD, message);
    }
}
