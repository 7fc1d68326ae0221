package io.amanuensis.job.kafka;

import io.amanuensis.operators.publish.OutputEncoding;
import io.amanuensis.operators.publish.OutputRecord;
import io.amanuensis.operators.publish.OutputRecords;
import java.io.Serializable;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Puts an {@link OutputRecord} into Kafka's terms. The partition is left to the key, the timestamp to the producer. */
final class RecordSerializer<T extends SpecificRecordBase> implements KafkaRecordSerializationSchema<T> {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final OutputEncoding encoding;
    private final RecordsFactory<T> factory;
    private transient OutputRecords<T> records;

    interface RecordsFactory<T extends SpecificRecordBase>
            extends Function<OutputEncoding, OutputRecords<T>>, Serializable {}

    RecordSerializer(String topic, OutputEncoding encoding, RecordsFactory<T> factory) {
        this.topic = topic;
        this.encoding = encoding;
        this.factory = factory;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        records = factory.apply(encoding);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(T element, KafkaSinkContext context, Long timestamp) {
        OutputRecord output = records.of(element);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, null, output.key(), output.value());
        output.headers().forEach(record.headers()::add);
        return record;
    }
}
