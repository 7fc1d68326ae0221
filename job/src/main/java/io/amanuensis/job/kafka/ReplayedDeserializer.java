package io.amanuensis.job.kafka;

import io.amanuensis.operators.retry.ReplayedReader;
import io.amanuensis.operators.retry.ReplayedRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Every record becomes news of a window or a dead letter; none an exception. */
final class ReplayedDeserializer implements KafkaRecordDeserializationSchema<ReplayedRecord> {
    private static final long serialVersionUID = 1;

    private transient ReplayedReader reader;

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        reader = new ReplayedReader();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReplayedRecord> out) {
        out.collect(reader.read(
                record.topic(), record.partition(), record.offset(), record.timestamp(), record.key(), record.value()));
    }

    @Override
    public TypeInformation<ReplayedRecord> getProducedType() {
        return TypeInformation.of(ReplayedRecord.class);
    }
}
