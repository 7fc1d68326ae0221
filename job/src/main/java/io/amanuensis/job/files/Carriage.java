package io.amanuensis.job.files;

import io.amanuensis.schemas.AudioEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How sound is carried in segments. */
public enum Carriage {
    /** As it is: signed 16-bit at the recording's own rate. */
    PCM(AudioEncoding.PCM_S16LE) {
        @Override
        public SampleSource source(SampleSource recording) {
            return recording;
        }

        @Override
        byte[] encode(short[] samples) {
            return littleEndian(samples);
        }
    },

    /** As a telephone network carries it: G.711 mu-law at 8 kHz. Takes recordings of 8 and 16 kHz. */
    TELEPHONE(AudioEncoding.MULAW) {
        @Override
        public SampleSource source(SampleSource recording) {
            return switch (recording.sampleRateHz()) {
                case TELEPHONE_RATE_HZ -> recording;
                case 2 * TELEPHONE_RATE_HZ -> new HalfRate(recording);
                default ->
                    throw new IllegalArgumentException("sound of " + recording.sampleRateHz()
                            + " Hz cannot be carried at 8 kHz; 8000 and 16000 Hz can");
            };
        }

        @Override
        byte[] encode(short[] samples) {
            byte[] bytes = new byte[samples.length];
            for (int i = 0; i < samples.length; i++) {
                bytes[i] = muLaw(samples[i]);
            }
            return bytes;
        }
    };

    private static final int TELEPHONE_RATE_HZ = 8000;
    private static final int MU_LAW_BIAS = 132;
    private static final int MU_LAW_CLIP = Short.MAX_VALUE - MU_LAW_BIAS;

    private final AudioEncoding encoding;

    Carriage(AudioEncoding encoding) {
        this.encoding = encoding;
    }

    AudioEncoding encoding() {
        return encoding;
    }

    /**
     * The recording at the rate that it is carried at.
     *
     * @throws IllegalArgumentException if sound of the recording's rate cannot be carried
     */
    public abstract SampleSource source(SampleSource recording);

    abstract byte[] encode(short[] samples);

    /**
     * ITU-T G.711: sign, 3 bits of exponent, 4 of mantissa, inverted. javax.sound has an encoder, but it turns the loudest samples,
     * from 32636 on, into silence.
     */
    private static byte muLaw(short sample) {
        int magnitude = Math.min(Math.abs(sample), MU_LAW_CLIP) + MU_LAW_BIAS;
        int exponent = Byte.SIZE * 3 - Integer.numberOfLeadingZeros(magnitude);
        int mantissa = magnitude >> exponent + 3 & 15;
        return (byte) ~((sample < 0 ? 128 : 0) | exponent << 4 | mantissa);
    }

    private static byte[] littleEndian(short[] samples) {
        byte[] bytes = new byte[samples.length * Short.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(samples);
        return bytes;
    }
}
