package io.amanuensis.job.play;

import io.amanuensis.job.demo.InTurn;
import io.amanuensis.job.demo.Sending;
import io.amanuensis.job.files.AudioFile;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.schemas.ChannelRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Telephone lines that are busy at the same time: on each, one call after another, recording after recording, with a pause
 * between them. What is sent is a function of the settings, but for the calls' start times. Not thread-safe.
 */
public final class Lines {
    /** Tenant of the calls. */
    public static final String TENANT = "play";

    private static final long PAUSE_MS = 1_000;

    private final List<Recording> recordings;
    private final PlaySettings settings;
    private final long startEpochMs;
    private final List<PlayedCall> played = new ArrayList<>();

    private record Recording(Path file, int channels, long lengthMs) {}

    /**
     * @param recordings of 8 or 16 kHz, agent on channel 0 and customer on channel 1
     * @param startEpochMs when the playing begins
     * @throws IOException if one cannot be read
     */
    public Lines(List<Path> recordings, PlaySettings settings, long startEpochMs) throws IOException {
        this.recordings = new ArrayList<>();
        for (Path file : recordings) {
            try (AudioFile recording = AudioFile.open(file)) {
                this.recordings.add(new Recording(
                        file, recording.channels(), 1000 * recording.frames() / recording.sampleRateHz()));
            }
        }
        this.settings = settings;
        this.startEpochMs = startEpochMs;
    }

    /** All that is sent, in the order of time. Closes each recording at its end. */
    public Iterator<Sending> sendings() {
        return new InTurn(IntStream.range(0, settings.lines())
                .mapToObj(line -> new Line(line, settings.callsPerLine(), beginMs(line)))
                .toList());
    }

    /** Begins the only call of a line. */
    Iterator<Sending> dial(int line, long beginMs) {
        return new Line(line, 1, beginMs);
    }

    /** Length of all calls, all channels together. */
    public long soundMs() {
        return IntStream.range(0, settings.lines())
                .boxed()
                .flatMap(line -> IntStream.range(0, settings.callsPerLine()).mapToObj(call -> recording(line, call)))
                .mapToLong(recording -> recording.lengthMs * recording.channels)
                .sum();
    }

    /** What became of the calls that have been sent to their end, by call id. */
    public List<PlayedCall> played() {
        return played.stream().sorted(Comparator.comparing(PlayedCall::callId)).toList();
    }

    private long beginMs(int line) {
        return settings.rampMs() * line / settings.lines();
    }

    private Recording recording(int line, int call) {
        return recordings.get((line + call) % recordings.size());
    }

    /** One call after another. */
    private final class Line implements Iterator<Sending> {
        private final int line;
        private final int most;
        private final SplittableRandom seeds;
        private int calls;
        private long beginMs;
        private CallSegments segments;
        private FaultyCall current;

        Line(int line, int most, long beginMs) {
            this.line = line;
            this.most = most;
            this.seeds = new SplittableRandom(settings.seed() + line);
            this.beginMs = beginMs;
        }

        @Override
        public boolean hasNext() {
            while (current == null || !current.hasNext()) {
                if (current != null) {
                    hangUp();
                }
                if (calls == most) {
                    return false;
                }
                dial();
            }
            return true;
        }

        @Override
        public Sending next() {
            return current.next();
        }

        private void dial() {
            Recording recording = recording(line, calls);
            try {
                segments = CallSegments.open(recording.file, call(), settings.carriage(), settings.segmentMs());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            current = new FaultyCall(segments, settings.faults(), seeds.nextLong(), beginMs);
            calls++;
            beginMs += recording.lengthMs + PAUSE_MS;
        }

        private Call call() {
            return new Call(
                    TENANT,
                    "%s-line-%03d-call-%02d".formatted(settings.run(), line, calls),
                    startEpochMs + settings.wallMs(beginMs),
                    List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER),
                    "en");
        }

        private void hangUp() {
            played.add(current.played());
            current = null;
            try {
                segments.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
