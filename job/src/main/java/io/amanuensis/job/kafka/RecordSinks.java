package io.amanuensis.job.kafka;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.publish.OutputEncoding;
import io.amanuensis.operators.publish.OutputRecords;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.SuppressedText;
import io.amanuensis.schemas.Transcript;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Where the job publishes, exactly once: consumers that read committed records see them at the next checkpoint. Partials alone
 * are seen at once, and may come twice.
 */
public final class RecordSinks {
    private RecordSinks() {}

    public static KafkaSink<Transcript> transcripts(KafkaSettings settings) {
        return sink(
                settings,
                Uids.PUBLISH_TRANSCRIPTS,
                new RecordSerializer<>(settings.transcriptsTopic(), settings.encoding(), OutputRecords::transcripts));
    }

    public static KafkaSink<CallRecord> calls(KafkaSettings settings) {
        return sink(
                settings,
                Uids.PUBLISH_CALLS,
                new RecordSerializer<>(settings.callsTopic(), settings.encoding(), OutputRecords::calls));
    }

    public static KafkaSink<SuppressedText> suppressed(KafkaSettings settings) {
        return sink(
                settings,
                Uids.PUBLISH_SUPPRESSED,
                new RecordSerializer<>(settings.suppressedTopic(), settings.encoding(), OutputRecords::suppressed));
    }

    public static KafkaSink<DeadLetter> deadLetters(KafkaSettings settings) {
        return sink(
                settings,
                Uids.PUBLISH_DEAD_LETTERS,
                new RecordSerializer<>(settings.deadLettersTopic(), settings.encoding(), OutputRecords::deadLetters));
    }

    /** Always in Avro, whatever the encoding of the others: the job reads them again, and in JSON sound is a third larger. */
    public static KafkaSink<ParkedWindow> parked(KafkaSettings settings) {
        return sink(
                settings,
                Uids.PUBLISH_RETRY,
                new RecordSerializer<>(settings.retryTopic(), OutputEncoding.AVRO, OutputRecords::parked));
    }

    /** Always in Avro: the job that keeps the ledgers reads them again. */
    public static KafkaSink<ReplayedWindow> replayed(KafkaSettings settings) {
        return sink(
                settings,
                Uids.PUBLISH_REPLAYED,
                new RecordSerializer<>(settings.replayedTopic(), OutputEncoding.AVRO, OutputRecords::replayed));
    }

    public static KafkaSink<Partial> partials(KafkaSettings settings) {
        Properties properties = settings.properties();
        // Seconds count here, and a record is small: it does not wait for company.
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "0");
        return KafkaSink.<Partial>builder()
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(
                        new RecordSerializer<>(settings.partialsTopic(), settings.encoding(), OutputRecords::partials))
                .build();
    }

    private static <T extends SpecificRecordBase> KafkaSink<T> sink(
            KafkaSettings settings, String uid, RecordSerializer<T> serializer) {
        Properties properties = settings.properties();
        properties.setProperty(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Long.toString(settings.transactionTimeout().toMillis()));
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                // Two jobs with one prefix would abort each other's transactions; the group is the job's own already.
                .setTransactionalIdPrefix(settings.groupId() + "-" + uid)
                .setRecordSerializer(serializer)
                .build();
    }
}
