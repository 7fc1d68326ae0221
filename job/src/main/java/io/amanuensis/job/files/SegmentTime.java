package io.amanuensis.job.files;

import io.amanuensis.schemas.AudioSegment;

/** How long the sound of a segment is, for encodings of a fixed number of bytes a sample. */
public final class SegmentTime {
    private static final long MS_PER_SECOND = 1000;

    private SegmentTime() {}

    /** @throws IllegalArgumentException if the segment's encoding does not tell */
    public static long lengthMs(AudioSegment segment) {
        int bytesPerSample =
                switch (segment.getEncoding()) {
                    case MULAW, ALAW -> 1;
                    case PCM_S16LE -> Short.BYTES;
                    default ->
                        throw new IllegalArgumentException(
                                "a segment in " + segment.getEncoding() + " does not say how long it is");
                };
        return segment.getPayload().remaining() / bytesPerSample * MS_PER_SECOND / segment.getSampleRateHz();
    }

    /** Where it ends on the call's clock. */
    public static long endMs(AudioSegment segment) {
        return segment.getStartMs() + lengthMs(segment);
    }
}
