package io.amanuensis.job.demo;

import io.amanuensis.job.JobOptions;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;

/**
 * Topics that a job publishes to.
 *
 * @param calls null: not read, as are partials
 */
public record OutputTopics(String transcripts, String calls, String partials, String deadLetters) {
    /** All that a job has, partials only if it publishes them. */
    public static OutputTopics of(Configuration job) {
        return new OutputTopics(
                job.get(JobOptions.TRANSCRIPTS_TOPIC),
                job.get(JobOptions.CALLS_TOPIC),
                job.get(JobOptions.PARTIALS_ENABLED) ? job.get(JobOptions.PARTIALS_TOPIC) : null,
                job.get(JobOptions.DEAD_LETTERS_TOPIC));
    }

    Stream<String> all() {
        return Stream.of(transcripts, calls, partials, deadLetters).filter(Objects::nonNull);
    }
}
