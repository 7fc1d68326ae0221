package io.amanuensis.job.demo;

import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what the job has published, from the beginning of its topics, in either encoding. Not thread-safe.
 */
public final class PublishedReader implements AutoCloseable {
    private static final RecordDecoder<Transcript> TRANSCRIPT = new RecordDecoder<>(Transcript.class);
    private static final RecordDecoder<CallRecord> CALL = new RecordDecoder<>(CallRecord.class);
    private static final RecordDecoder<Partial> PARTIAL = new RecordDecoder<>(Partial.class);
    private static final RecordDecoder<DeadLetter> DEAD_LETTER = new RecordDecoder<>(DeadLetter.class);

    private final OutputTopics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaConsumer<byte[], byte[]> uncommitted;
    private final List<TopicPartition> partitions;

    /** Of transactions only what is committed. Both topics must exist. */
    public PublishedReader(String bootstrapServers, String transcriptsTopic, String deadLettersTopic) {
        this(bootstrapServers, new OutputTopics(transcriptsTopic, null, null, deadLettersTopic), "read_committed");
    }

    private PublishedReader(String bootstrapServers, OutputTopics topics, String isolationLevel) {
        this.topics = topics;
        this.consumer = consumer(bootstrapServers, isolationLevel);
        this.uncommitted = consumer(bootstrapServers, "read_uncommitted");
        this.partitions = topics.all()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
    }

    /** Sees records as soon as they are sent, whether or not their transactions will be committed. */
    public static PublishedReader ofUncommitted(
            String bootstrapServers, String transcriptsTopic, String deadLettersTopic) {
        return new PublishedReader(
                bootstrapServers, new OutputTopics(transcriptsTopic, null, null, deadLettersTopic), "read_uncommitted");
    }

    /** Of transactions only what is committed. The topics must exist. */
    public static PublishedReader of(String bootstrapServers, OutputTopics topics) {
        return new PublishedReader(bootstrapServers, topics, "read_committed");
    }

    /** Of transactions only what is committed, and nothing that is on the topics already. They must exist. */
    public static PublishedReader fromNow(String bootstrapServers, OutputTopics topics) {
        PublishedReader reader = of(bootstrapServers, topics);
        reader.consumer.seekToEnd(reader.partitions);
        reader.partitions.forEach(reader.consumer::position); // or the end would be that of the first poll
        return reader;
    }

    /** What was published since the last poll, of the topics that are read. */
    public record Published(
            List<Transcript> transcripts,
            List<CallRecord> calls,
            List<Partial> partials,
            List<DeadLetter> deadLetters) {
        public boolean isEmpty() {
            return transcripts.isEmpty() && calls.isEmpty() && partials.isEmpty() && deadLetters.isEmpty();
        }
    }

    /**
     * Waits for records until the timeout.
     *
     * @throws IOException if a record cannot be read
     */
    public Published poll(Duration timeout) throws IOException {
        Published published = new Published(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            if (record.topic().equals(topics.transcripts())) {
                published.transcripts.add(TRANSCRIPT.decode(record));
            } else if (record.topic().equals(topics.calls())) {
                published.calls.add(CALL.decode(record));
            } else if (record.topic().equals(topics.partials())) {
                published.partials.add(PARTIAL.decode(record));
            } else {
                published.deadLetters.add(DEAD_LETTER.decode(record));
            }
        }
        return published;
    }

    /**
     * Whether nothing that is on the topics now is still to be read: a transaction counts until the mark of its commit or abort has
     * been read. (The broker writes the marks after it has answered the committing producer, and until then a reader of committed
     * records is shown an end before them.)
     */
    public boolean atEnd() {
        return uncommitted.endOffsets(partitions).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close();
        uncommitted.close();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String isolationLevel) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        isolationLevel,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
