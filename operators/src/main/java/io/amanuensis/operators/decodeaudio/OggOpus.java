package io.amanuensis.operators.decodeaudio;

import io.amanuensis.schemas.DeadLetterCause;
import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import io.github.jaredmdobson.concentus.OpusPacketInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Decoder of a whole Ogg Opus file in memory (RFC 7845): mono, at Opus's own 48 kHz. */
final class OggOpus {
    static final int SAMPLE_RATE_HZ = 48_000;

    private static final byte[] HEAD = "OpusHead".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TAGS = "OpusTags".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_BYTES = 19;
    /** 120 ms. */
    private static final int MOST_PACKET_SAMPLES = SAMPLE_RATE_HZ * 120 / 1000;

    private OggOpus() {}

    static DecodedFile decode(byte[] bytes, DecodedFile.Limit limit) throws RejectedAudioException {
        OggPackets ogg = OggPackets.read(bytes);
        List<byte[]> packets = ogg.packets();
        if (packets.isEmpty() || !begins(packets.get(0), HEAD) || packets.get(0).length < HEAD_BYTES) {
            throw invalid("is not Opus: it does not begin with 'OpusHead'");
        }
        ByteBuffer head = ByteBuffer.wrap(packets.get(0)).order(ByteOrder.LITTLE_ENDIAN);
        if ((head.get(8) & 0xf0) != 0) {
            throw invalid("is of version %d".formatted(head.get(8)));
        }
        DecodedFile.requireMono(head.get(9) & 0xff);
        int preSkip = head.getShort(10) & 0xffff;
        double gain = Math.pow(10, head.getShort(16) / (20.0 * 256));
        if (packets.size() < 2 || !begins(packets.get(1), TAGS)) {
            throw invalid("has no 'OpusTags'");
        }
        limit.require(ogg.endPosition() - preSkip, SAMPLE_RATE_HZ);
        short[] decoded = decode(packets.subList(2, packets.size()), limit);
        long end = Math.min(decoded.length, ogg.endPosition());
        if (ogg.endPosition() > decoded.length) {
            throw new RejectedAudioException(
                    DeadLetterCause.TRUNCATED_AUDIO,
                    "the Opus file announces %d samples and %d follow".formatted(ogg.endPosition(), decoded.length));
        }
        float[] samples = new float[(int) Math.max(0, end - preSkip)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (gain * decoded[preSkip + i]);
        }
        return new DecodedFile(SAMPLE_RATE_HZ, samples);
    }

    private static short[] decode(List<byte[]> packets, DecodedFile.Limit limit) throws RejectedAudioException {
        try {
            OpusDecoder decoder = new OpusDecoder(SAMPLE_RATE_HZ, 1);
            short[] decoded = new short[0];
            int count = 0;
            for (byte[] packet : packets) {
                int samples = OpusPacketInfo.getNumSamples(packet, 0, packet.length, SAMPLE_RATE_HZ);
                if (packet.length == 0 || samples <= 0 || samples > MOST_PACKET_SAMPLES) {
                    throw invalid("has an empty or overlong packet");
                }
                limit.require((long) count + samples, SAMPLE_RATE_HZ);
                if (count + samples > decoded.length) {
                    decoded = Arrays.copyOf(decoded, Math.max(2 * decoded.length, count + samples));
                }
                count += decoder.decode(packet, 0, packet.length, decoded, count, samples, false);
            }
            return Arrays.copyOf(decoded, count);
        } catch (OpusException | RuntimeException | AssertionError e) {
            // Whatever the library makes of damaged packets: it checks with all three.
            throw invalid("has a packet that cannot be decoded: " + e);
        }
    }

    private static boolean begins(byte[] packet, byte[] magic) {
        return packet.length >= magic.length && Arrays.equals(packet, 0, magic.length, magic, 0, magic.length);
    }

    private static RejectedAudioException invalid(String what) {
        return new RejectedAudioException(DeadLetterCause.INVALID_AUDIO, "the Ogg file " + what);
    }
}
