package io.amanuensis.job.demo;

import io.amanuensis.job.demo.PublishedReader.Published;
import io.amanuensis.job.files.AudioFile;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.util.IOUtils;

/** Plays the bundled calls and collects what comes of them. */
final class Demo {
    private final List<DemoCall> calls;
    private final Consumer<Published> onPublished;

    private final List<Transcript> transcripts = new ArrayList<>();
    private final Map<String, CallRecord> records = new TreeMap<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private long lastPublishedNanos = startNanos;

    /** @param onPublished is shown what is published, as it is */
    Demo(List<DemoCall> calls, Consumer<Published> onPublished) {
        this.calls = calls;
        this.onPublished = onPublished;
    }

    /** @throws IOException if the calls cannot be read or sent */
    void play(CallPlayer player, Pace pace) throws IOException, InterruptedException {
        List<CallSegments> segments = new ArrayList<>();
        try {
            long now = System.currentTimeMillis();
            for (DemoCall call : calls) {
                segments.add(call.segments(now));
            }
            player.play(segments, pace);
        } finally {
            segments.forEach(IOUtils::closeQuietly);
        }
    }

    void published(Published published) {
        if (!published.transcripts().isEmpty()) {
            lastPublishedNanos = System.nanoTime();
        }
        transcripts.addAll(published.transcripts());
        // Revisions come in their order.
        published.calls().forEach(call -> records.put(call.getCallId(), call));
        deadLetters.addAll(published.deadLetters());
        onPublished.accept(published);
    }

    DemoResult result() throws IOException {
        return new DemoResult(
                calls,
                List.copyOf(transcripts),
                List.copyOf(records.values()),
                List.copyOf(deadLetters),
                sound(),
                Duration.ofNanos(lastPublishedNanos - startNanos));
    }

    private Duration sound() throws IOException {
        long ms = 0;
        for (DemoCall call : calls) {
            try (AudioFile recording = AudioFile.open(call.recording())) {
                ms += 1000 * recording.frames() * recording.channels() / recording.sampleRateHz();
            }
        }
        return Duration.ofMillis(ms);
    }
}
