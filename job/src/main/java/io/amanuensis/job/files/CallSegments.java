package io.amanuensis.job.files;

import io.amanuensis.schemas.AudioSegment;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * The segments of a recording: for each stretch of time one a channel, from channel 0. The last of a channel is marked. Reads one
 * stretch ahead. Not thread-safe.
 */
public final class CallSegments implements Iterator<AudioSegment>, Closeable {
    private static final int MS_PER_SECOND = 1000;

    private final Call call;
    private final Carriage carriage;
    private final int segmentMs;
    private final SampleSource source;
    private final Queue<AudioSegment> ready = new ArrayDeque<>();
    private short[][] ahead;
    private long sequence;

    private CallSegments(Call call, Carriage carriage, int segmentMs, SampleSource source) throws IOException {
        this.call = call;
        this.carriage = carriage;
        this.segmentMs = segmentMs;
        this.source = source;
        this.ahead = read(0);
    }

    /**
     * @param segmentMs length of every segment but the last
     * @throws AudioFileException if the file cannot be read, or is no sound of a kind that can be
     * @throws IllegalArgumentException if {@code carriage} does not take sound of the file's rate
     */
    public static CallSegments open(Path file, Call call, Carriage carriage, int segmentMs) throws IOException {
        AudioFile recording = AudioFile.open(file);
        try {
            CallSegments segments = new CallSegments(call, carriage, segmentMs, carriage.source(recording));
            if (!segments.hasNext()) {
                throw AudioFileException.noSound(file);
            }
            return segments;
        } catch (IOException | RuntimeException e) {
            recording.close();
            throw e;
        }
    }

    /**
     * Of sound that is at the rate it is carried at.
     *
     * @param segmentMs length of every segment but the last
     */
    public static CallSegments of(SampleSource sound, Call call, Carriage carriage, int segmentMs) throws IOException {
        return new CallSegments(call, carriage, segmentMs, sound);
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || ahead[0].length > 0;
    }

    /** @throws UncheckedIOException if the file cannot be read on */
    @Override
    public AudioSegment next() {
        if (ready.isEmpty()) {
            advance();
        }
        return ready.remove();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    private void advance() {
        short[][] samples = ahead;
        if (samples[0].length == 0) {
            throw new NoSuchElementException("the recording of call " + call.callId() + " has ended");
        }
        try {
            ahead = read(sequence + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int channel = 0; channel < samples.length; channel++) {
            ready.add(segment(channel, samples[channel], ahead[0].length == 0));
        }
        sequence++;
    }

    private short[][] read(long sequence) throws IOException {
        return source.read((int) (firstFrame(sequence + 1) - firstFrame(sequence)));
    }

    /** Where a segment begins. At rates that are no multiple of 1000 Hz the segments differ by a frame, and no time is lost. */
    private long firstFrame(long sequence) {
        return sequence * segmentMs * source.sampleRateHz() / MS_PER_SECOND;
    }

    private AudioSegment segment(int channel, short[] samples, boolean last) {
        return AudioSegment.newBuilder()
                .setTenant(call.tenant())
                .setCallId(call.callId())
                .setChannel(channel)
                .setRole(call.role(channel))
                .setSequence(sequence)
                .setCallStartEpochMs(Instant.ofEpochMilli(call.startEpochMs()))
                .setStartMs(sequence * segmentMs)
                .setEncoding(carriage.encoding())
                .setSampleRateHz(source.sampleRateHz())
                .setPayload(ByteBuffer.wrap(carriage.encode(samples)))
                .setLastOfChannel(last)
                .setLanguageHint(call.languageHint())
                .build();
    }
}
