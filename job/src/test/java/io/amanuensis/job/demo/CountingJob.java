package io.amanuensis.job.demo;

import io.amanuensis.job.JobOptions;
import io.amanuensis.job.Transcripts;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Transcript;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Stands for the transcription job: a transcript a segment, its text the segment's sequence number. Each subtask holds the newest
 * transcript back until another follows, so that without draining the end would be missing.
 */
final class CountingJob {
    /** The job fails at a segment of this call. */
    static final String POISON = "poison";

    private CountingJob() {}

    static void append(StreamExecutionEnvironment environment, Configuration configuration) {
        String bootstrapServers = configuration.get(JobOptions.BOOTSTRAP_SERVERS);
        KafkaSource<byte[]> source = KafkaSource.<byte[]>builder()
                .setBootstrapServers(bootstrapServers)
                .setTopics(configuration.get(JobOptions.INPUT_TOPIC))
                .setGroupId(configuration.get(JobOptions.INPUT_GROUP_ID))
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new Values())
                .build();
        String topic = configuration.get(JobOptions.TRANSCRIPTS_TOPIC);
        KafkaSink<byte[]> sink = KafkaSink.<byte[]>builder()
                .setBootstrapServers(bootstrapServers)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix("counting")
                .setProperty("transaction.timeout.ms", "60000")
                .setRecordSerializer((value, context, timestamp) -> new ProducerRecord<>(topic, value))
                .build();
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "segments")
                .transform("count", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO, new Count())
                .sinkTo(sink);
    }

    private static final class Values implements KafkaRecordDeserializationSchema<byte[]> {
        private static final long serialVersionUID = 1;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<byte[]> out) {
            out.collect(record.value());
        }

        @Override
        public TypeInformation<byte[]> getProducedType() {
            return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        }
    }

    private static final class Count extends AbstractStreamOperator<byte[]>
            implements OneInputStreamOperator<byte[], byte[]>, BoundedOneInput {
        private static final long serialVersionUID = 1;
        private transient SingleObjectCodec<AudioSegment> segments;
        private transient SingleObjectCodec<Transcript> transcripts;
        private transient byte[] held;

        @Override
        public void open() {
            segments = new SingleObjectCodec<>(AudioSegment.class);
            transcripts = new SingleObjectCodec<>(Transcript.class);
        }

        @Override
        public void processElement(StreamRecord<byte[]> record) throws Exception {
            AudioSegment segment = segments.decode(record.getValue());
            if (segment.getCallId().equals(POISON)) {
                throw new IllegalStateException("poisoned segment");
            }
            endInput();
            Transcript transcript = Transcripts.of(
                    segment.getChannel(),
                    segment.getRole(),
                    segment.getStartMs(),
                    segment.getStartMs() + DemoCall.SEGMENT_MS,
                    Long.toString(segment.getSequence()));
            transcript.setCallId(segment.getCallId());
            held = transcripts.encode(transcript);
        }

        @Override
        public void endInput() {
            if (held != null) {
                output.collect(new StreamRecord<>(held));
                held = null;
            }
        }
    }
}
