package io.amanuensis.job.kafka;

import io.amanuensis.operators.read.ReadRecord;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Where {@code read} gets its records. */
public final class SegmentSource {
    private SegmentSource() {}

    /** Reads committed records only; offsets belong to checkpoints and are committed to the group for people to see. */
    public static KafkaSource<ReadRecord> of(KafkaSettings settings) {
        KafkaSourceBuilder<ReadRecord> source = KafkaSource.<ReadRecord>builder()
                .setProperties(settings.properties())
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setTopics(settings.inputTopic())
                .setGroupId(settings.groupId())
                .setStartingOffsets(start(settings))
                .setDeserializer(new SegmentDeserializer(settings.maxSegmentBytes()));
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
