package io.amanuensis.job.kafka;

import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.retry.ReplayedRecord;
import io.amanuensis.operators.retry.RetryRecord;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Where the job gets its records. Reads committed records only; offsets belong to checkpoints and are committed to the group for
 * people to see.
 */
public final class Sources {
    private Sources() {}

    /** Of {@code read}: the only one whose backlog is told, for all the work comes from it. */
    public static Source<ReadRecord, ?, ?> segments(KafkaSettings settings) {
        return new BacklogSource<>(
                source(settings, settings.inputTopic(), new SegmentDeserializer(settings.maxSegmentBytes())),
                settings.backlogAfter());
    }

    /** Of {@code read-retry}. */
    public static KafkaSource<RetryRecord> parked(KafkaSettings settings) {
        return source(settings, settings.retryTopic(), new RetryDeserializer());
    }

    /** Of {@code read-replayed}. */
    public static KafkaSource<ReplayedRecord> replayed(KafkaSettings settings) {
        return source(settings, settings.replayedTopic(), new ReplayedDeserializer());
    }

    private static <T> KafkaSource<T> source(
            KafkaSettings settings, String topic, KafkaRecordDeserializationSchema<T> deserializer) {
        KafkaSourceBuilder<T> source = KafkaSource.<T>builder()
                .setProperties(settings.properties())
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setTopics(topic)
                .setGroupId(settings.groupId())
                .setStartingOffsets(start(settings))
                .setDeserializer(deserializer);
        if (settings.bounded()) {
            source.setBounded(OffsetsInitializer.latest());
        }
        return source.build();
    }

    private static OffsetsInitializer start(KafkaSettings settings) {
        return switch (settings.start()) {
            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            case EARLIEST -> OffsetsInitializer.earliest();
            case LATEST -> OffsetsInitializer.latest();
        };
    }
}
