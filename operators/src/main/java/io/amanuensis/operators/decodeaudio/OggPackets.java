package io.amanuensis.operators.decodeaudio;

import io.amanuensis.schemas.DeadLetterCause;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The packets of an Ogg file in memory that holds one logical stream (RFC 3533), its check sums verified.
 *
 * @param endPosition granule position of the last page: where the sound ends, in the codec's samples
 */
record OggPackets(List<byte[]> packets, long endPosition) {
    private static final int CAPTURE = 'O' | 'g' << 8 | 'g' << 16 | 'S' << 24;
    private static final int HEADER_BYTES = 27;
    private static final int SUM_AT = 22;
    private static final int CONTINUED = 1;
    private static final int END_OF_STREAM = 4;
    private static final int FULL_SEGMENT = 255;
    private static final int POLYNOMIAL = 0x04c11db7;

    static OggPackets read(byte[] bytes) throws RejectedAudioException {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> packets = new ArrayList<>();
        ByteArrayOutputStream open = new ByteArrayOutputStream();
        boolean isOpen = false;
        boolean ended = false;
        long position = 0;
        for (int at = 0; at < bytes.length; ) {
            if (bytes.length - at < HEADER_BYTES) {
                throw at == 0 ? invalid("does not begin with 'OggS'") : truncated(at);
            }
            if (file.getInt(at) != CAPTURE || file.get(at + 4) != 0) {
                throw invalid(at == 0 ? "does not begin with 'OggS'" : "has no page at byte %d".formatted(at));
            }
            int segments = file.get(at + HEADER_BYTES - 1) & 0xff;
            int body = at + HEADER_BYTES + segments;
            int end = body;
            for (int i = 0; i < segments && body <= bytes.length; i++) {
                end += file.get(at + HEADER_BYTES + i) & 0xff;
            }
            if (end > bytes.length || body > bytes.length) {
                throw truncated(at);
            }
            requireSum(bytes, at, end, file.getInt(at + SUM_AT));
            if (file.getInt(at + 14) != file.getInt(14)) {
                throw invalid("holds several streams");
            }
            if (((file.get(at + 5) & CONTINUED) != 0) != isOpen) {
                throw invalid("lacks a page before byte %d".formatted(at));
            }
            for (int i = 0; i < segments; i++) {
                int length = file.get(at + HEADER_BYTES + i) & 0xff;
                open.write(bytes, body, length);
                body += length;
                isOpen = length == FULL_SEGMENT;
                if (!isOpen) {
                    packets.add(open.toByteArray());
                    open.reset();
                }
            }
            position = file.getLong(at + 6) == -1 ? position : file.getLong(at + 6);
            ended = (file.get(at + 5) & END_OF_STREAM) != 0;
            at = end;
        }
        if (isOpen || !ended) {
            throw new RejectedAudioException(
                    DeadLetterCause.TRUNCATED_AUDIO, "the Ogg file ends before the last page of its stream");
        }
        return new OggPackets(packets, position);
    }

    private static void requireSum(byte[] bytes, int begin, int end, int stated) throws RejectedAudioException {
        int sum = 0;
        for (int at = begin; at < end; at++) {
            boolean inSum = at >= begin + SUM_AT && at < begin + SUM_AT + Integer.BYTES;
            sum ^= (inSum ? 0 : bytes[at]) << 24;
            for (int bit = 0; bit < 8; bit++) {
                sum = sum >= 0 ? sum << 1 : sum << 1 ^ POLYNOMIAL;
            }
        }
        if (sum != stated) {
            throw invalid("is damaged: the check sum of the page at byte %d does not agree".formatted(begin));
        }
    }

    private static RejectedAudioException truncated(int at) {
        return new RejectedAudioException(
                DeadLetterCause.TRUNCATED_AUDIO, "the Ogg file ends within a page, the one at byte %d".formatted(at));
    }

    private static RejectedAudioException invalid(String what) {
        return new RejectedAudioException(DeadLetterCause.INVALID_AUDIO, "the Ogg file " + what);
    }
}
