package io.amanuensis.operators.decodeaudio;

import io.amanuensis.schemas.DeadLetterCause;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jcodec.codecs.mpa.Mp3Decoder;

/** Decoder of a whole MP3 file in memory: mono. */
final class Mp3File {
    /** The library's loudest sample is 32,700 where the format's is 32,768. */
    private static final float GAIN = 32_768f / 32_700f;

    private Mp3File() {}

    static DecodedFile decode(byte[] bytes, DecodedFile.Limit limit) throws RejectedAudioException {
        Mp3Frames file = Mp3Frames.read(bytes);
        Mp3Header header = file.header();
        DecodedFile.requireMono(header.channels());
        int count = file.frames().size();
        limit.require((long) count * header.samples(), header.sampleRateHz());
        ByteBuffer decoded =
                ByteBuffer.allocate(count * header.samples() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        decode(file, decoded);
        float[] samples = new float[(int) (file.endSample() - file.delaySamples())];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = GAIN * decoded.getShort((file.delaySamples() + i) * Short.BYTES);
        }
        return new DecodedFile(header.sampleRateHz(), samples);
    }

    private static void decode(Mp3Frames file, ByteBuffer decoded) throws RejectedAudioException {
        Mp3Decoder decoder = new Mp3Decoder();
        int frameBytes = file.header().samples() * Short.BYTES;
        for (int i = 0; i < file.frames().size(); i++) {
            try {
                decoder.decodeFrame(
                        ByteBuffer.wrap(sumLast(file.frames().get(i))), decoded.slice(i * frameBytes, frameBytes));
            } catch (IOException | RuntimeException e) {
                // Whatever the library makes of damaged frames: it checks nothing by itself.
                throw new RejectedAudioException(
                        DeadLetterCause.INVALID_AUDIO,
                        "the MP3 file has a frame that cannot be decoded, the %dth: %s".formatted(i, e));
            }
        }
    }

    /** The library looks for a frame's checksum at its end and not behind the header, where it stands. */
    private static byte[] sumLast(byte[] frame) {
        if (!Mp3Header.of(ByteBuffer.wrap(frame).getInt()).checked()) {
            return frame;
        }
        byte[] moved = frame.clone();
        int behind = Mp3Header.LENGTH + Mp3Header.SUM_LENGTH;
        System.arraycopy(frame, behind, moved, Mp3Header.LENGTH, frame.length - behind);
        System.arraycopy(frame, Mp3Header.LENGTH, moved, frame.length - Mp3Header.SUM_LENGTH, Mp3Header.SUM_LENGTH);
        return moved;
    }
}
