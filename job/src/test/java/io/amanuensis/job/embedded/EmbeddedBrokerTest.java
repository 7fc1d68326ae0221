package io.amanuensis.job.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerTest {
    private static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws IOException {
        broker = EmbeddedBroker.start(MAX_MESSAGE_BYTES);
    }

    @AfterAll
    static void stop() throws IOException {
        broker.close();
    }

    @Test
    void createsOnlyTheTopicsThatAreMissing() throws Exception {
        TopicAdmin.createMissing(broker.bootstrapServers(), 3, MAX_MESSAGE_BYTES, List.of("old"));
        TopicAdmin.createMissing(broker.bootstrapServers(), 5, MAX_MESSAGE_BYTES, List.of("old", "new"));

        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Map<String, List<PartitionInfo>> topics = consumer.listTopics();
            assertThat(topics.get("old")).hasSize(3);
            assertThat(topics.get("new")).hasSize(5);
        }
    }

    @Test
    void takesRecordsUpToTheLimitAndNoLarger() throws Exception {
        TopicAdmin.createMissing(broker.bootstrapServers(), 1, MAX_MESSAGE_BYTES, List.of("large"));
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("large", new byte[3_000_000])).get();
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("large", new byte[5_000_000]))
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }
        assertThat(read("large")).singleElement().satisfies(record -> assertThat(record.value())
                .hasSize(3_000_000));
    }

    @Test
    void abortedTransactionsStayInvisible() throws Exception {
        TopicAdmin.createMissing(broker.bootstrapServers(), 1, MAX_MESSAGE_BYTES, List.of("exact"));
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "test"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("exact", new byte[] {1}));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("exact", new byte[] {2}));
            producer.commitTransaction();
        }
        assertThat(read("exact")).extracting(ConsumerRecord::value).containsExactly(new byte[] {2});
    }

    @Test
    void leavesNothingBehind() throws IOException {
        EmbeddedBroker other = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        int port = Integer.parseInt(other.bootstrapServers().substring("localhost:".length()));
        assertThat(other.directory()).isNotEmptyDirectory();

        other.close();

        assertThat(other.directory()).doesNotExist();
        assertThatThrownBy(() -> new Socket("localhost", port).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    void aBrokerThatIsNotThereIsNamed() {
        assertThatThrownBy(() ->
                        TopicAdmin.createMissing("no-such-host.invalid:9092", 1, MAX_MESSAGE_BYTES, List.of("any")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-host.invalid:9092");
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            return consumer.poll(Duration.ofSeconds(20)).records(new TopicPartition(topic, 0));
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "auto.offset.reset",
                        "earliest",
                        "isolation.level",
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("max.request.size", 2 * MAX_MESSAGE_BYTES);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
