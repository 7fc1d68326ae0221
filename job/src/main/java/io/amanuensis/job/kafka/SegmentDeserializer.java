package io.amanuensis.job.kafka;

import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.read.SegmentReader;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Every record becomes a segment or a dead letter; none an exception. */
final class SegmentDeserializer implements KafkaRecordDeserializationSchema<ReadRecord> {
    private static final long serialVersionUID = 1;

    private final int maxSegmentBytes;
    private transient SegmentReader reader;

    SegmentDeserializer(int maxSegmentBytes) {
        this.maxSegmentBytes = maxSegmentBytes;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        reader = new SegmentReader(maxSegmentBytes);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReadRecord> out) {
        out.collect(reader.read(
                record.topic(), record.partition(), record.offset(), record.timestamp(), record.key(), record.value()));
    }

    @Override
    public TypeInformation<ReadRecord> getProducedType() {
        return TypeInformation.of(ReadRecord.class);
    }
}
