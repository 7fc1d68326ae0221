package io.amanuensis.operators.decodeaudio;

import io.amanuensis.schemas.DeadLetterCause;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A RIFF/WAVE file in memory: where its samples are and how they are written. Mono only; format tags 1 (8, 16 or 24 bit),
 * 3 (32-bit float), 6 (A-law), 7 (mu-law) and 0xFFFE naming one of these. Chunks other than {@code fmt } and {@code data} are
 * skipped, as is what follows {@code data}.
 */
record WavFile(SampleFormat format, int sampleRateHz, int dataOffset, int dataBytes) {
    private static final int RIFF = fourCc("RIFF");
    private static final int WAVE = fourCc("WAVE");
    private static final int FMT = fourCc("fmt ");
    private static final int DATA = fourCc("data");
    private static final int RIFF_HEADER_BYTES = 12;
    private static final int CHUNK_HEADER_BYTES = 8;
    private static final int FMT_BYTES = 16;
    private static final int EXTENSIBLE_FMT_BYTES = 40;
    private static final int SUB_FORMAT_AT = 24;
    private static final int EXTENSIBLE = 0xfffe;
    /** KSDATAFORMAT_SUBTYPE_*: the format tag, then these 14 bytes in the file's order. */
    private static final long SUB_FORMAT_HIGH = 0x0080_0010_0000_0000L;

    private static final long SUB_FORMAT_LOW = 0x719b_3800_aa00L;

    static WavFile parse(byte[] bytes) throws RejectedAudioException {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < RIFF_HEADER_BYTES || file.getInt(0) != RIFF || file.getInt(8) != WAVE) {
            throw invalid("does not begin with a RIFF/WAVE header; for samples without one state their encoding");
        }
        WavFile format = null;
        int at = RIFF_HEADER_BYTES;
        while (at + CHUNK_HEADER_BYTES <= bytes.length) {
            int id = file.getInt(at);
            long size = Integer.toUnsignedLong(file.getInt(at + 4));
            int body = at + CHUNK_HEADER_BYTES;
            if (size > bytes.length - body) {
                throw new RejectedAudioException(
                        DeadLetterCause.TRUNCATED_AUDIO,
                        "chunk '%s' announces %d bytes and %d follow; a file written to a pipe has no true lengths, so write it to disk first"
                                .formatted(name(id), size, bytes.length - body));
            }
            if (id == FMT) {
                format = parseFormat(file, body, (int) size);
            } else if (id == DATA) {
                if (format == null) {
                    throw invalid("has no 'fmt ' chunk before 'data'");
                }
                return new WavFile(format.format, format.sampleRateHz, body, (int) size);
            }
            at = body + (int) size + (int) (size & 1);
        }
        throw invalid("has no 'data' chunk");
    }

    private static WavFile parseFormat(ByteBuffer file, int at, int size) throws RejectedAudioException {
        if (size < FMT_BYTES) {
            throw invalid("has a 'fmt ' chunk of %d bytes, less than %d".formatted(size, FMT_BYTES));
        }
        int tag = file.getShort(at) & 0xffff;
        int channels = file.getShort(at + 2) & 0xffff;
        int sampleRateHz = file.getInt(at + 4);
        int bits = file.getShort(at + 14) & 0xffff;
        if (channels != 1) {
            throw invalid(("has %d channels, a segment is mono: split it, for example with "
                            + "'ffmpeg -i in.wav -af pan=mono|c0=c0 left.wav', and send each channel by its index")
                    .formatted(channels));
        }
        if (tag == EXTENSIBLE) {
            tag = subFormat(file, at, size);
        }
        return new WavFile(sampleFormat(tag, bits), sampleRateHz, 0, 0);
    }

    private static int subFormat(ByteBuffer file, int at, int size) throws RejectedAudioException {
        if (size < EXTENSIBLE_FMT_BYTES) {
            throw invalid("is extensible with a 'fmt ' chunk of %d bytes, less than %d"
                    .formatted(size, EXTENSIBLE_FMT_BYTES));
        }
        long high = file.getLong(at + SUB_FORMAT_AT + 2);
        long low = file.getLong(at + SUB_FORMAT_AT + 8) >>> 16;
        if (high != SUB_FORMAT_HIGH || low != SUB_FORMAT_LOW) {
            throw invalid("is extensible with an unknown sub-format");
        }
        return file.getShort(at + SUB_FORMAT_AT) & 0xffff;
    }

    private static SampleFormat sampleFormat(int tag, int bits) throws RejectedAudioException {
        SampleFormat format =
                switch (tag + "/" + bits) {
                    case "1/8" -> SampleFormat.U8;
                    case "1/16" -> SampleFormat.S16LE;
                    case "1/24" -> SampleFormat.S24LE;
                    case "3/32" -> SampleFormat.F32LE;
                    case "6/8" -> SampleFormat.ALAW;
                    case "7/8" -> SampleFormat.MULAW;
                    default -> null;
                };
        if (format == null) {
            throw invalid(
                    "has format tag %d with %d bits; PCM of 8, 16 or 24 bits, 32-bit float, A-law and mu-law are read"
                            .formatted(tag, bits));
        }
        return format;
    }

    private static RejectedAudioException invalid(String what) {
        return new RejectedAudioException(DeadLetterCause.INVALID_WAV, "the payload " + what);
    }

    private static int fourCc(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }

    private static String name(int fourCc) {
        StringBuilder name = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            int character = fourCc >> shift & 0xff;
            name.append(character >= ' ' && character < 0x7f ? (char) character : '?');
        }
        return name.toString();
    }
}
