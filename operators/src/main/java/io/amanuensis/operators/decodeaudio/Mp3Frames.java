package io.amanuensis.operators.decodeaudio;

import io.amanuensis.schemas.DeadLetterCause;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The frames of a whole MP3 file in memory, without the tags around them.
 *
 * @param frames those with sound
 * @param delaySamples that a decoder must leave out at the beginning
 * @param endSample where the sound ends; both as the encoder says, else all is sound
 */
record Mp3Frames(Mp3Header header, List<byte[]> frames, int delaySamples, long endSample) {
    private static final int TAG_HEADER_BYTES = 10;
    private static final int TAG_FOOTER_BYTES = 10;
    private static final int LAST_TAG_BYTES = 128;
    /** Of what an encoder says of itself: where delay and padding stand, 12 bits each. */
    private static final int DELAY_AT = 21;
    /** Of the first frame's flags and its count of frames. */
    private static final int INFO_BYTES = 8;
    /** Of the filters of every decoder. */
    private static final int DECODER_DELAY_SAMPLES = 529;

    static Mp3Frames read(byte[] file) throws RejectedAudioException {
        int end = file.length;
        if (end >= LAST_TAG_BYTES && begins(file, end - LAST_TAG_BYTES, "TAG")) {
            end -= LAST_TAG_BYTES;
        }
        int at = firstFrame(file);
        Mp3Header first = null;
        List<byte[]> frames = new ArrayList<>();
        while (at < end) {
            Mp3Header header = end - at < Mp3Header.LENGTH ? null : header(file, at);
            if (header == null && first != null && end - at < Mp3Header.LENGTH) {
                throw truncated("ends within the header of frame %d".formatted(frames.size()));
            }
            if (header == null) {
                throw invalid(
                        first == null
                                ? "does not begin with a frame of MPEG audio layer III"
                                : "has no frame at byte %d".formatted(at));
            }
            first = first == null ? header : first;
            requireAlike(first, header, at);
            if (header.bytes() > end - at) {
                throw truncated("ends within frame %d".formatted(frames.size()));
            }
            frames.add(Arrays.copyOfRange(file, at, at + header.bytes()));
            at += header.bytes();
        }
        if (first == null) {
            throw truncated("has no frame");
        }
        return withoutInfo(first, frames);
    }

    /** Behind the tags at the beginning (ID3v2). */
    private static int firstFrame(byte[] file) throws RejectedAudioException {
        int at = 0;
        while (begins(file, at, "ID3")) {
            if (file.length - at < TAG_HEADER_BYTES) {
                throw truncated("ends within its tag");
            }
            int size = 0;
            for (int i = 6; i < TAG_HEADER_BYTES; i++) {
                size = size << 7 | file[at + i] & 0x7f;
            }
            boolean footer = (file[at + 5] & 0x10) != 0;
            at += TAG_HEADER_BYTES + size + (footer ? TAG_FOOTER_BYTES : 0);
            if (at > file.length) {
                throw truncated("ends within its tag");
            }
        }
        return at;
    }

    private static Mp3Header header(byte[] file, int at) {
        return Mp3Header.of(ByteBuffer.wrap(file).getInt(at));
    }

    private static void requireAlike(Mp3Header first, Mp3Header header, int at) throws RejectedAudioException {
        if (header.sampleRateHz() != first.sampleRateHz() || header.channels() != first.channels()) {
            throw invalid("changes to %d Hz and %d channels at byte %d"
                    .formatted(header.sampleRateHz(), header.channels(), at));
        }
    }

    /** The first frame of most files holds no sound: it says how many frames follow, and which samples the encoder added. */
    private static Mp3Frames withoutInfo(Mp3Header header, List<byte[]> frames) throws RejectedAudioException {
        byte[] info = frames.get(0);
        int at = Mp3Header.LENGTH + header.sideBytes();
        if (!begins(info, at, "Xing") && !begins(info, at, "Info")) {
            return new Mp3Frames(header, frames, 0, (long) frames.size() * header.samples());
        }
        List<byte[]> sound = frames.subList(1, frames.size());
        ByteBuffer fields = ByteBuffer.wrap(info, at + 4, info.length - at - 4);
        if (fields.remaining() < INFO_BYTES) {
            throw invalid("has a first frame too short for what it says to hold");
        }
        int flags = fields.getInt();
        if ((flags & 1) != 0) {
            requireCount(fields.getInt(), sound.size());
        }
        int encoder = fields.position()
                + ((flags & 2) != 0 ? Integer.BYTES : 0)
                + ((flags & 4) != 0 ? 100 : 0)
                + ((flags & 8) != 0 ? Integer.BYTES : 0);
        long coded = (long) sound.size() * header.samples();
        if (info.length < encoder + DELAY_AT + 3 || info[encoder] == 0) {
            return new Mp3Frames(header, sound, 0, coded);
        }
        int added = ByteBuffer.wrap(info).getInt(encoder + DELAY_AT - 1) & 0xffffff;
        int delay = (added >> 12) + DECODER_DELAY_SAMPLES;
        long samples = coded - (added >> 12) - (added & 0xfff);
        return new Mp3Frames(header, sound, delay, Math.max(delay, Math.min(coded, delay + samples)));
    }

    private static void requireCount(int announced, int found) throws RejectedAudioException {
        if (found < announced) {
            throw truncated("announces %d frames and %d follow".formatted(announced, found));
        }
    }

    private static boolean begins(byte[] bytes, int at, String magic) {
        byte[] wanted = magic.getBytes(StandardCharsets.US_ASCII);
        return bytes.length - at >= wanted.length
                && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
    }

    private static RejectedAudioException truncated(String what) {
        return new RejectedAudioException(DeadLetterCause.TRUNCATED_AUDIO, "the MP3 file " + what);
    }

    private static RejectedAudioException invalid(String what) {
        return new RejectedAudioException(DeadLetterCause.INVALID_AUDIO, "the MP3 file " + what);
    }
}
