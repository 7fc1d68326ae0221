package io.amanuensis.job.play;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What was played, and what came of it.
 *
 * @param soundSeconds of all channels that was sent, copies included
 * @param wallSeconds of the sending
 * @param calls that were played to their end, by id
 * @param finalsMs from the end of speech until final text was there to be read; null if it was not measured
 * @param partialsMs from the end of the sound that unconfirmed text rests on until that text was there to be read; null if it was not
 *     measured
 * @param held the load, if one was to be held: latencies are those of this time; else null
 */
public record PlayReport(
        PlaySettings settings,
        double soundSeconds,
        double wallSeconds,
        List<PlayedCall> calls,
        Latencies.Summary finalsMs,
        Latencies.Summary partialsMs,
        HeldLoad.Load held) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Segments of all calls. */
    public long segments() {
        return calls.stream().mapToLong(PlayedCall::segments).sum();
    }

    public long lost() {
        return calls.stream().mapToLong(call -> call.lost().size()).sum();
    }

    public long duplicated() {
        return calls.stream().mapToLong(call -> call.duplicated().size()).sum();
    }

    public long restarts() {
        return calls.stream().mapToLong(call -> call.restarts().size()).sum();
    }

    /** As JSON. */
    public void write(Path file) throws IOException {
        JSON.writeValue(file.toFile(), this);
    }

    /** @throws IOException if the file cannot be read or holds something else */
    public static PlayReport read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), PlayReport.class);
    }
}
