package io.amanuensis.job.acceptance;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.UnreadableRecordException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker and, for each run, a real Flink cluster in this process; read with a plain consumer of committed records. */
final class KafkaFixture implements AutoCloseable {
    static final Path MODEL =
            Path.of("../native/demo-model/model").toAbsolutePath().normalize();
    static final Path TEST_SET =
            Path.of("../native/demo-model/testset").toAbsolutePath().normalize();
    static final Path REFERENCE =
            Path.of("../native/demo-model/reference").toAbsolutePath().normalize();
    static final int PARTITIONS = 2;

    /** Room for a segment of 3 MB, which the job must survive. */
    private static final int MAX_MESSAGE_BYTES = 8 << 20;

    private static final List<String> OUTPUTS = List.of(
            Topics.TRANSCRIPTS,
            Topics.PARTIALS,
            Topics.CALLS,
            Topics.SUPPRESSED,
            Topics.DEAD_LETTERS,
            Topics.RETRY,
            Topics.REPLAYED);

    private final SingleObjectCodec<AudioSegment> segments = new SingleObjectCodec<>(AudioSegment.class);
    private final long firstMs =
            System.currentTimeMillis() - Duration.ofHours(1).toMillis();
    private final EmbeddedBroker broker;
    private final KafkaProducer<byte[], byte[]> producer;

    private KafkaFixture(EmbeddedBroker broker) {
        this.broker = broker;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "max.request.size",
                        MAX_MESSAGE_BYTES,
                        "buffer.memory",
                        8L * MAX_MESSAGE_BYTES),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    static KafkaFixture start() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(MAX_MESSAGE_BYTES);
        TopicAdmin.createMissing(
                broker.bootstrapServers(), PARTITIONS, MAX_MESSAGE_BYTES, List.of(Topics.AUDIO_SEGMENTS));
        TopicAdmin.createMissing(
                broker.bootstrapServers(), PARTITIONS, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES, OUTPUTS);
        return new KafkaFixture(broker);
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    void produce(Iterator<AudioSegment> calls) throws Exception {
        while (calls.hasNext()) {
            produce(calls.next());
        }
    }

    RecordMetadata produce(AudioSegment segment) throws Exception {
        return produce(segment.getTenant() + "/" + segment.getCallId(), segments.encode(segment));
    }

    /**
     * Does not wait, as if the segment had come at this time after the first; {@link #run} sees it after {@link #flush}. An hour ago, because a
     * broker soon deletes what is older than its topic's retention.
     */
    void send(AudioSegment segment, long atMs) {
        byte[] key = Digests.utf8(segment.getTenant() + "/" + segment.getCallId());
        producer.send(new ProducerRecord<>(Topics.AUDIO_SEGMENTS, null, firstMs + atMs, key, segments.encode(segment)));
    }

    void flush() {
        producer.flush();
    }

    void produceTo(String topic, byte[] value) throws Exception {
        Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, value));
        producer.flush();
        sent.get();
    }

    /** As if it had come so long ago. */
    void produce(byte[] value, Duration age) throws Exception {
        long timestamp = System.currentTimeMillis() - age.toMillis();
        producer.send(new ProducerRecord<>(Topics.AUDIO_SEGMENTS, 0, timestamp, null, value))
                .get();
    }

    RecordMetadata produce(String key, byte[] value) throws Exception {
        Future<RecordMetadata> sent =
                producer.send(new ProducerRecord<>(Topics.AUDIO_SEGMENTS, Digests.utf8(key), value));
        producer.flush();
        return sent.get();
    }

    /**
     * Runs the job over what the topic holds, and returns when a reader of committed records sees all that it published. Any failure of
     * a task fails the run: there are no restarts.
     */
    void run(Map<String, String> options) throws Exception {
        Configuration configuration = configuration(options);
        JobConfig config = JobConfig.from(configuration);
        config.placement().ifPresent(placement -> placement.offer(configuration, 2));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        TranscriptionJob.onKafka(env, config);
        env.execute("test");
        CommonTestUtils.waitUntilCondition(() -> ends("read_committed").equals(ends("read_uncommitted")));
    }

    /** The broker writes the marks of a commit after it has answered the producer, and maybe after the job has ended. */
    private Map<TopicPartition, Long> ends(String isolationLevel) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolationLevel)) {
            List<TopicPartition> partitions = new ArrayList<>();
            OUTPUTS.forEach(topic -> partitions.addAll(partitions(consumer, topic)));
            return consumer.endOffsets(partitions);
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolationLevel) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", isolationLevel),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    Configuration configuration(Map<String, String> options) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of(
                "kafka.bootstrap.servers", broker.bootstrapServers(),
                "input.bounded", "true",
                "input.start", "earliest",
                "model.path", MODEL.toString(),
                "restart-strategy.type", "none",
                "execution.checkpointing.interval", "1 s",
                "execution.checkpointing.dir",
                        Files.createTempDirectory("checkpoints").toUri().toString(),
                "taskmanager.memory.network.min", "32 mb",
                "taskmanager.memory.network.max", "32 mb"));
        all.putAll(options);
        return JobDefaults.under(Configuration.fromMap(all));
    }

    List<Transcript> transcripts() throws UnreadableRecordException {
        return read(Topics.TRANSCRIPTS, new SingleObjectCodec<>(Transcript.class));
    }

    List<Partial> partials() throws UnreadableRecordException {
        return read(Topics.PARTIALS, new SingleObjectCodec<>(Partial.class));
    }

    List<CallRecord> calls() throws UnreadableRecordException {
        return read(Topics.CALLS, new SingleObjectCodec<>(CallRecord.class));
    }

    List<DeadLetter> deadLetters() throws UnreadableRecordException {
        return read(Topics.DEAD_LETTERS, new SingleObjectCodec<>(DeadLetter.class));
    }

    List<ParkedWindow> parked() throws UnreadableRecordException {
        return read(Topics.RETRY, new SingleObjectCodec<>(ParkedWindow.class));
    }

    List<ReplayedWindow> replayed() throws UnreadableRecordException {
        return read(Topics.REPLAYED, new SingleObjectCodec<>(ReplayedWindow.class));
    }

    private <T extends SpecificRecordBase> List<T> read(String topic, SingleObjectCodec<T> codec)
            throws UnreadableRecordException {
        List<T> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : committed(topic)) {
            records.add(codec.decode(record.value()));
        }
        return records;
    }

    /** Everything that is committed at this moment. */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    @Override
    public void close() throws Exception {
        producer.close();
        broker.close();
    }
}
