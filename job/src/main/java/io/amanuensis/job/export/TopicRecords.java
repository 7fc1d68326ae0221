package io.amanuensis.job.export;

import io.amanuensis.job.demo.RecordDecoder;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What is committed on a topic of calls or transcripts now, from its beginning, in either encoding. */
public final class TopicRecords {
    private static final Duration POLL = Duration.ofMillis(200);
    /** Without a record or progress for so long, the broker is taken for gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final RecordDecoder<CallRecord> CALL = new RecordDecoder<>(CallRecord.class);
    private static final RecordDecoder<Transcript> TRANSCRIPT = new RecordDecoder<>(Transcript.class);

    private TopicRecords() {}

    /**
     * Hands over every record in the order of its partition.
     *
     * @param client properties of a consumer: bootstrap.servers at least
     * @throws IOException if Kafka cannot be reached, the topic does not exist, or holds other records
     */
    public static void forEach(Map<String, String> client, String topic, RecordHandler handler) throws IOException {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            read(consumer, topic, handler);
        } catch (KafkaException e) {
            throw new IOException(
                    "cannot read topic " + topic + " on " + client.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG) + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, String topic, RecordHandler handler)
            throws IOException {
        List<PartitionInfo> infos = consumer.partitionsFor(topic);
        if (infos == null || infos.isEmpty()) {
            throw new IOException("there is no topic " + topic);
        }
        List<TopicPartition> partitions = infos.stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long stalledNanos = System.nanoTime();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                hand(record, handler);
                stalledNanos = System.nanoTime();
            }
            if (System.nanoTime() - stalledNanos > PATIENCE.toNanos()) {
                throw new IOException("nothing came of topic " + topic + " for " + PATIENCE.toSeconds() + " s");
            }
        }
    }

    private static void hand(ConsumerRecord<byte[], byte[]> record, RecordHandler handler) throws IOException {
        if (CALL.isFor(record)) {
            handler.call(CALL.decode(record));
        } else if (TRANSCRIPT.isFor(record)) {
            handler.transcript(TRANSCRIPT.decode(record));
        } else {
            throw new IOException("record %d of %s-%d is neither a call nor a transcript"
                    .formatted(record.offset(), record.topic(), record.partition()));
        }
    }
}
