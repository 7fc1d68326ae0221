package io.amanuensis.job.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.SingleObjectCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallPlayerTest {
    private static final int MAX_RECORD_BYTES = 100_000;
    private static final TopicPartition PARTITION = new TopicPartition("audio", 0);

    private EmbeddedBroker broker;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        TopicAdmin.createMissing(
                broker.bootstrapServers(), 1, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES, List.of("audio"));
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    @Test
    void callsAreInterleavedByTimeEachUnderItsKey() throws Exception {
        List<Long> awaited = new ArrayList<>();

        player().play(List.of(call("a", 100, 3), call("b", 250, 2)), awaited::add);

        assertThat(awaited).containsExactly(0L, 0L, 100L, 200L, 250L);
        List<ConsumerRecord<byte[], byte[]>> records = read();
        SingleObjectCodec<AudioSegment> codec = new SingleObjectCodec<>(AudioSegment.class);
        List<String> played = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            AudioSegment segment = codec.decode(record.value());
            assertThat(record.key()).isEqualTo(Digests.utf8("acme/" + segment.getCallId()));
            played.add(segment.getCallId() + segment.getSequence());
        }
        assertThat(played).containsExactly("a0", "b0", "a1", "a2", "b1");
    }

    @Test
    void aSegmentThatKafkaRefusesEndsThePlaying() {
        AudioSegment large = segment("a", 1, 100, MAX_RECORD_BYTES + 1);
        Iterator<AudioSegment> rest = call("a", 100, 1_000_000);

        assertThatThrownBy(() -> player().play(List.of(List.of(large).iterator(), rest), Pace.UNPACED))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("topic audio on " + broker.bootstrapServers())
                .hasMessageContaining("max.request.size");
        assertThat(rest.hasNext()).as("the other call is not played on").isTrue();
    }

    private CallPlayer player() {
        return new CallPlayer(broker.bootstrapServers(), "audio", MAX_RECORD_BYTES);
    }

    private static Iterator<AudioSegment> call(String callId, int segmentMs, int segments) {
        return IntStream.range(0, segments)
                .mapToObj(i -> segment(callId, i, segmentMs, 10))
                .iterator();
    }

    private static AudioSegment segment(String callId, int sequence, int segmentMs, int payloadBytes) {
        return AudioSegment.newBuilder()
                .setTenant("acme")
                .setCallId(callId)
                .setChannel(0)
                .setSequence(sequence)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs((long) sequence * segmentMs)
                .setEncoding(AudioEncoding.MULAW)
                .setSampleRateHz(8000)
                .setPayload(ByteBuffer.allocate(payloadBytes))
                .build();
    }

    private List<ConsumerRecord<byte[], byte[]>> read() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofSeconds(10)).forEach(records::add);
            }
        }
        return records;
    }
}
