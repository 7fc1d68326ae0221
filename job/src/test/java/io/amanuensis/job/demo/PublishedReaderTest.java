package io.amanuensis.job.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.Transcripts;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.PlainJson;
import io.amanuensis.schemas.RecordHeaders;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the demonstration believes of its broker: what is published, and how far the job has read. */
class PublishedReaderTest {
    private static final String TRANSCRIPTS = "transcripts";
    private static final String DEAD_LETTERS = "dead-letters";

    private final SingleObjectCodec<Transcript> codec = new SingleObjectCodec<>(Transcript.class);
    private EmbeddedBroker broker;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        TopicAdmin.createMissing(
                broker.bootstrapServers(),
                1,
                EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES,
                List.of(TRANSCRIPTS, DEAD_LETTERS));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "test"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    @AfterEach
    void stop() throws IOException {
        producer.close();
        broker.close();
    }

    @Test
    void readsBothEncodingsOfWhatIsCommitted() throws IOException {
        Transcript aborted = transcript("aborted");
        Transcript avro = transcript("avro");
        Transcript json = transcript("json");
        DeadLetter letter = DeadLetter.newBuilder()
                .setId("id")
                .setCause(DeadLetterCause.TOMBSTONE)
                .setStage("read")
                .setMessage("no value")
                .setOrigin(new Origin("audio", 0, 5L, 5L))
                .build();
        producer.beginTransaction();
        send(TRANSCRIPTS, codec.encode(aborted), RecordHeaders.AVRO);
        producer.flush();
        producer.abortTransaction();
        producer.beginTransaction();
        send(TRANSCRIPTS, codec.encode(avro), RecordHeaders.AVRO);
        send(TRANSCRIPTS, PlainJson.write(json), RecordHeaders.JSON);
        send(DEAD_LETTERS, new SingleObjectCodec<>(DeadLetter.class).encode(letter), RecordHeaders.AVRO);
        producer.commitTransaction();

        List<Transcript> transcripts = new ArrayList<>();
        List<DeadLetter> deadLetters = new ArrayList<>();
        try (PublishedReader reader = reader()) {
            assertThat(reader.atEnd()).isFalse();
            while (!reader.atEnd()) {
                PublishedReader.Published published = reader.poll(Duration.ofSeconds(1));
                transcripts.addAll(published.transcripts());
                deadLetters.addAll(published.deadLetters());
            }
        }
        assertThat(transcripts).containsExactly(avro, json);
        assertThat(deadLetters).containsExactly(letter);
    }

    @Test
    void theEndComesAfterTransactionsThatAreStillOpen() throws IOException {
        Transcript late = transcript("late");
        producer.beginTransaction();
        send(TRANSCRIPTS, codec.encode(late), RecordHeaders.AVRO);
        producer.flush();

        try (PublishedReader reader = reader()) {
            assertThat(reader.poll(Duration.ofMillis(500)).transcripts()).isEmpty();
            assertThat(reader.atEnd()).isFalse();
            producer.commitTransaction();

            List<Transcript> transcripts = new ArrayList<>();
            while (!reader.atEnd()) {
                transcripts.addAll(reader.poll(Duration.ofSeconds(1)).transcripts());
            }
            assertThat(transcripts).containsExactly(late);
        }
    }

    @Test
    void aRecordThatCannotBeReadIsNamed() {
        producer.beginTransaction();
        send(TRANSCRIPTS, codec.encode(transcript("good")), RecordHeaders.JSON);
        producer.commitTransaction();

        try (PublishedReader reader = reader()) {
            assertThatThrownBy(() -> reader.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("record 0 of transcripts-0 as application/json");
        }
    }

    @Test
    void inputIsLeftUntilTheGroupHasCommittedIt() throws Exception {
        producer.beginTransaction();
        for (int i = 0; i < 5; i++) {
            send(TRANSCRIPTS, new byte[1], RecordHeaders.AVRO);
        }
        producer.commitTransaction();
        try (InputProgress progress = new InputProgress(broker.bootstrapServers(), TRANSCRIPTS, "group")) {
            long all = progress.recordsLeft();
            commit(3);

            assertThat(all).as("five records and the mark of their commit").isEqualTo(6);
            assertThat(progress.recordsLeft()).isEqualTo(3);
            commit(6);
            assertThat(progress.recordsLeft()).isZero();
        }
    }

    private void send(String topic, byte[] value, String contentType) {
        ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, value);
        message.headers().add(RecordHeaders.CONTENT_TYPE, contentType.getBytes());
        producer.send(message);
    }

    private void commit(long offset) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", "group");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.commitSync(Map.of(new TopicPartition(TRANSCRIPTS, 0), new OffsetAndMetadata(offset)));
        }
    }

    private PublishedReader reader() {
        return new PublishedReader(broker.bootstrapServers(), TRANSCRIPTS, DEAD_LETTERS);
    }

    private static Transcript transcript(String text) {
        return Transcripts.of(0, ChannelRole.AGENT, 0, 1000, text, Transcripts.word(text, 0, 900));
    }
}
