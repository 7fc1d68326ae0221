package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.DeadLetterCause;

/**
 * The sound of a whole compressed file.
 *
 * @param samples on the scale of 16-bit integers
 */
record DecodedFile(int sampleRateHz, float[] samples) {
    /** As long as the longest payload of G.711: few bytes may stand for much sound, and no file may fill the memory. */
    static final int MAX_SECONDS = 125;

    /** Of a file by reference: 15 min at 16 kHz. A channel's later sound and every checkpoint wait until it has been heard. */
    static final int MAX_REFERENCED_SAMPLES = 14_400_000;

    /** Tells how much a file may hold. */
    interface Limit {
        /** @throws RejectedAudioException if it is more */
        void require(long samples, int sampleRateHz) throws RejectedAudioException;
    }

    static Limit limitOf(Segment segment) {
        return segment.reference == null ? DecodedFile::requireLength : DecodedFile::requireReferencedLength;
    }

    static void requireMono(int channels) throws RejectedAudioException {
        if (channels != 1) {
            throw new RejectedAudioException(
                    DeadLetterCause.INVALID_AUDIO,
                    ("the payload has %d channels, a segment is mono: split it, for example with "
                                    + "'ffmpeg -i INPUT -af pan=mono|c0=c0 OUTPUT', and send each channel by its index")
                            .formatted(channels));
        }
    }

    private static void requireReferencedLength(long samples, int sampleRateHz) throws RejectedAudioException {
        if (samples > MAX_REFERENCED_SAMPLES) {
            throw new RejectedAudioException(
                    DeadLetterCause.OVERSIZE_SEGMENT,
                    "the file holds %d samples at %d Hz or more, at most %d are legal: cut it into several"
                            .formatted(samples, sampleRateHz, MAX_REFERENCED_SAMPLES));
        }
    }

    private static void requireLength(long samples, int sampleRateHz) throws RejectedAudioException {
        if (samples > (long) MAX_SECONDS * sampleRateHz) {
            throw new RejectedAudioException(
                    DeadLetterCause.OVERSIZE_SEGMENT,
                    "the payload holds %d samples at %d Hz or more, a segment at most %d s: cut it into several"
                            .formatted(samples, sampleRateHz, MAX_SECONDS));
        }
    }
}
