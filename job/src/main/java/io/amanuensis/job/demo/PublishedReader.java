package io.amanuensis.job.demo;

import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.RecordHeaders;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what the job has published, from the beginning of its topics, in either encoding. Not thread-safe.
 */
public final class PublishedReader implements AutoCloseable {
    private static final SingleObjectCodec<Transcript> TRANSCRIPT = new SingleObjectCodec<>(Transcript.class);
    private static final SingleObjectCodec<DeadLetter> DEAD_LETTER = new SingleObjectCodec<>(DeadLetter.class);

    private final String transcriptsTopic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaConsumer<byte[], byte[]> uncommitted;
    private final List<TopicPartition> partitions;

    /** Of transactions only what is committed. Both topics must exist. */
    public PublishedReader(String bootstrapServers, String transcriptsTopic, String deadLettersTopic) {
        this(bootstrapServers, transcriptsTopic, deadLettersTopic, "read_committed");
    }

    private PublishedReader(
            String bootstrapServers, String transcriptsTopic, String deadLettersTopic, String isolationLevel) {
        this.transcriptsTopic = transcriptsTopic;
        this.consumer = consumer(bootstrapServers, isolationLevel);
        this.uncommitted = consumer(bootstrapServers, "read_uncommitted");
        this.partitions = Stream.of(transcriptsTopic, deadLettersTopic)
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
    }

    /** Sees records as soon as they are sent, whether or not their transactions will be committed. */
    public static PublishedReader ofUncommitted(
            String bootstrapServers, String transcriptsTopic, String deadLettersTopic) {
        return new PublishedReader(bootstrapServers, transcriptsTopic, deadLettersTopic, "read_uncommitted");
    }

    /** Of transactions only what is committed, and nothing that is on the topics already. Both must exist. */
    public static PublishedReader fromNow(String bootstrapServers, String transcriptsTopic, String deadLettersTopic) {
        PublishedReader reader = new PublishedReader(bootstrapServers, transcriptsTopic, deadLettersTopic);
        reader.consumer.seekToEnd(reader.partitions);
        reader.partitions.forEach(reader.consumer::position); // or the end would be that of the first poll
        return reader;
    }

    /** What was published since the last poll. */
    public record Published(List<Transcript> transcripts, List<DeadLetter> deadLetters) {
        public boolean isEmpty() {
            return transcripts.isEmpty() && deadLetters.isEmpty();
        }
    }

    /**
     * Waits for records until the timeout.
     *
     * @throws IOException if a record cannot be read
     */
    public Published poll(Duration timeout) throws IOException {
        Published published = new Published(new ArrayList<>(), new ArrayList<>());
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            if (record.topic().equals(transcriptsTopic)) {
                published.transcripts.add(decode(record, TRANSCRIPT, Transcript.class));
            } else {
                published.deadLetters.add(decode(record, DEAD_LETTER, DeadLetter.class));
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

    private static <T extends SpecificRecordBase> T decode(
            ConsumerRecord<byte[], byte[]> record, SingleObjectCodec<T> codec, Class<T> type) throws IOException {
        Header contentType = record.headers().lastHeader(RecordHeaders.CONTENT_TYPE);
        String encoding =
                contentType == null ? RecordHeaders.AVRO : new String(contentType.value(), StandardCharsets.UTF_8);
        try {
            return encoding.equals(RecordHeaders.JSON)
                    ? PlainJsonReader.read(record.value(), type)
                    : codec.decode(record.value());
        } catch (Exception e) {
            throw new IOException(
                    "cannot read record " + record.offset() + " of " + record.topic() + "-" + record.partition()
                            + " as " + encoding,
                    e);
        }
    }
}
