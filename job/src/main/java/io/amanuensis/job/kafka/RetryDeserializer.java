package io.amanuensis.job.kafka;

import io.amanuensis.operators.retry.RetryReader;
import io.amanuensis.operators.retry.RetryRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Every record becomes a window or a dead letter; none an exception. */
final class RetryDeserializer implements KafkaRecordDeserializationSchema<RetryRecord> {
    private static final long serialVersionUID = 1;

    private transient RetryReader reader;

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        reader = new RetryReader();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RetryRecord> out) {
        out.collect(reader.read(
                record.topic(), record.partition(), record.offset(), record.timestamp(), record.key(), record.value()));
    }

    @Override
    public TypeInformation<RetryRecord> getProducedType() {
        return TypeInformation.of(RetryRecord.class);
    }
}
