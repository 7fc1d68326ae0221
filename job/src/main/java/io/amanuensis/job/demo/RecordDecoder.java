package io.amanuensis.job.demo;

import io.amanuensis.schemas.RecordHeaders;
import io.amanuensis.schemas.SingleObjectCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Reads records of one type as the job publishes them, in either encoding. Thread-safe.
 *
 * @param <T> the topic's record
 */
public final class RecordDecoder<T extends SpecificRecordBase> {
    private final Class<T> type;
    private final SingleObjectCodec<T> codec;

    public RecordDecoder(Class<T> type) {
        this.type = type;
        this.codec = new SingleObjectCodec<>(type);
    }

    /** @throws IOException if the record is of another type, or damaged; the message says where it lies */
    public T decode(ConsumerRecord<byte[], byte[]> record) throws IOException {
        String encoding = header(record, RecordHeaders.CONTENT_TYPE, RecordHeaders.AVRO);
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

    /** Whether the record says that it is one of these. */
    public boolean isFor(ConsumerRecord<byte[], byte[]> record) {
        return header(record, RecordHeaders.SCHEMA_NAME, "").equals(type.getName());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name, String absent) {
        Header header = record.headers().lastHeader(name);
        return header == null ? absent : new String(header.value(), StandardCharsets.UTF_8);
    }
}
