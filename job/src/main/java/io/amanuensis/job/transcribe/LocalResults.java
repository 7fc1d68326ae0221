package io.amanuensis.job.transcribe;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * The way from a job's sinks to the code that started it in the same JVM: a queue with room for 1024 records, found by name since
 * sinks travel serialized. A full queue holds the job up. Right only for jobs that do not restart.
 */
final class LocalResults implements AutoCloseable {
    private static final int CAPACITY = 1024;
    private static final Map<String, BlockingQueue<Object>> QUEUES = new ConcurrentHashMap<>();

    private final String name = UUID.randomUUID().toString();
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>(CAPACITY);

    LocalResults() {
        QUEUES.put(name, queue);
    }

    BlockingQueue<Object> queue() {
        return queue;
    }

    <T> Sink<T> sink() {
        return new QueueSink<>(name);
    }

    @Override
    public void close() {
        QUEUES.remove(name);
    }

    private record QueueSink<T>(String name) implements Sink<T> {
        @Override
        public SinkWriter<T> createWriter(WriterInitContext context) {
            return new QueueWriter<>(QUEUES.get(name));
        }
    }

    private record QueueWriter<T>(BlockingQueue<Object> queue) implements SinkWriter<T> {
        @Override
        public void write(T element, Context context) throws InterruptedException {
            queue.put(element);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
    }
}
