package io.amanuensis.job.demo;

import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.SingleObjectCodec;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the segments of several calls to a topic as if they were spoken at the same time, each call under its own key. Duplicates
 * and reordering on the way are ruled out (idempotent producer); what waits to be sent is bounded.
 */
public final class CallPlayer {
    private static final int MAX_WAITING_BYTES = 8 * 1024 * 1024;
    private static final int DELIVERY_TIMEOUT_MS = 60_000;

    private final String bootstrapServers;
    private final String topic;
    private final int maxRecordBytes;
    private final SingleObjectCodec<AudioSegment> codec = new SingleObjectCodec<>(AudioSegment.class);

    /** @param maxRecordBytes largest record that is sent */
    public CallPlayer(String bootstrapServers, String topic, int maxRecordBytes) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.maxRecordBytes = maxRecordBytes;
    }

    /**
     * Plays the calls to their end, each segment when it begins, and returns when Kafka has all of them.
     *
     * @throws IOException if a segment could not be delivered within a minute
     */
    public void play(List<? extends Iterator<AudioSegment>> calls, Pace pace) throws IOException, InterruptedException {
        play(new InTurn(calls.stream().map(AtStart::new).toList()), pace, sending -> {});
    }

    /**
     * Sends segments each at its time, and returns when Kafka has all of them.
     *
     * @param sendings in the order of time
     * @param onSent is told each that is on its way, by the thread that calls this
     * @throws IOException if a segment could not be delivered within a minute
     */
    public void play(Iterator<Sending> sendings, Pace pace, Consumer<Sending> onSent)
            throws IOException, InterruptedException {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            while (sendings.hasNext() && failure.get() == null) {
                Sending sending = sendings.next();
                pace.await(sending.atMs());
                producer.send(record(sending.segment()), (metadata, problem) -> failure.compareAndSet(null, problem));
                onSent.accept(sending);
            }
            producer.flush();
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
        }
        if (failure.get() != null) {
            throw new IOException(
                    "cannot send segments to topic " + topic + " on " + bootstrapServers + ": "
                            + failure.get().getMessage(),
                    failure.get());
        }
    }

    private record AtStart(Iterator<AudioSegment> segments) implements Iterator<Sending> {
        @Override
        public boolean hasNext() {
            return segments.hasNext();
        }

        @Override
        public Sending next() {
            AudioSegment segment = segments.next();
            return new Sending(segment.getStartMs(), segment);
        }
    }

    private ProducerRecord<byte[], byte[]> record(AudioSegment segment) {
        String key = segment.getTenant() + "/" + segment.getCallId();
        return new ProducerRecord<>(topic, Digests.utf8(key), codec.encode(segment));
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                (long) Math.max(MAX_WAITING_BYTES, 2 * maxRecordBytes),
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                maxRecordBytes,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                (long) DELIVERY_TIMEOUT_MS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                DELIVERY_TIMEOUT_MS);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
