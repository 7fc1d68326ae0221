package io.amanuensis.operators.decodeaudio;

import io.amanuensis.schemas.DeadLetterCause;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How one sample is written. All decode to float on the scale of 16-bit integers, exactly, without clipping. */
enum SampleFormat {
    MULAW(1) {
        @Override
        void decode(ByteBuffer source, float[] samples) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = G711.mulaw(source.get());
            }
        }
    },
    ALAW(1) {
        @Override
        void decode(ByteBuffer source, float[] samples) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = G711.alaw(source.get());
            }
        }
    },
    U8(1) {
        @Override
        void decode(ByteBuffer source, float[] samples) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = ((source.get() & 0xff) - 128) << 8;
            }
        }
    },
    S16LE(2) {
        @Override
        void decode(ByteBuffer source, float[] samples) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = source.getShort();
            }
        }
    },
    S24LE(3) {
        @Override
        void decode(ByteBuffer source, float[] samples) {
            for (int i = 0; i < samples.length; i++) {
                int low = source.getShort() & 0xffff;
                samples[i] = (source.get() << 16 | low) / 256f;
            }
        }
    },
    F32LE(4) {
        @Override
        void decode(ByteBuffer source, float[] samples) throws RejectedAudioException {
            for (int i = 0; i < samples.length; i++) {
                float value = source.getFloat();
                if (!Float.isFinite(value)) {
                    throw new RejectedAudioException(
                            DeadLetterCause.INVALID_SAMPLES, "sample %d is %s".formatted(i, value));
                }
                samples[i] = value * 32768f;
            }
        }
    };

    private final int bytesPerSample;

    SampleFormat(int bytesPerSample) {
        this.bytesPerSample = bytesPerSample;
    }

    /** Reads {@code samples.length} samples from a little-endian buffer. */
    abstract void decode(ByteBuffer source, float[] samples) throws RejectedAudioException;

    /** How many samples so many bytes hold. */
    int samples(int byteCount) {
        return byteCount / bytesPerSample;
    }

    /** @param byteCount must be a whole number of samples */
    float[] decode(byte[] bytes, int offset, int byteCount) throws RejectedAudioException {
        if (byteCount % bytesPerSample != 0) {
            throw new RejectedAudioException(
                    DeadLetterCause.TRUNCATED_AUDIO,
                    "%d bytes of %s are no whole number of %d-byte samples".formatted(byteCount, this, bytesPerSample));
        }
        float[] samples = new float[byteCount / bytesPerSample];
        decode(ByteBuffer.wrap(bytes, offset, byteCount).order(ByteOrder.LITTLE_ENDIAN), samples);
        return samples;
    }
}
