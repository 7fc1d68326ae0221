package io.amanuensis.operators.fetch;

import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.microbatch.OrderedFunction;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Reads the payloads of segments that have them elsewhere, a few at once, each within its time. A read that does not end when
 * told to keeps its thread; there are no more threads than reads at once, so that a file system that hangs makes dead letters and
 * nothing worse.
 */
public class FetchFunction implements OrderedFunction<ReadRecord> {
    private static final long serialVersionUID = 1;
    private static final byte[] NOTHING = {};

    private final FetchSettings settings;
    private transient PayloadReader reader;
    private transient ExecutorService reads;
    private transient volatile List<Future<byte[]>> underWay;
    private transient Counter fetched;
    private transient Counter fetchedBytes;
    private transient Counter failed;

    /** Gets the bytes of a reference; called by several threads. */
    interface PayloadReader {
        byte[] read(Reference reference) throws ReferenceException;
    }

    public FetchFunction(FetchSettings settings) {
        this.settings = settings;
    }

    PayloadReader openReader() {
        return new ReferenceReader(settings.allowed(), settings.maxBytes())::read;
    }

    @Override
    public void open(MetricGroup metrics) {
        reader = openReader();
        reads = Executors.newFixedThreadPool(FetchSettings.PARALLEL_READS, task -> {
            Thread thread = new Thread(task, "fetch");
            thread.setDaemon(true);
            return thread;
        });
        fetched = metrics.counter("referencesFetched");
        fetchedBytes = metrics.counter("referenceBytesFetched");
        failed = metrics.counter("referencesFailed");
    }

    @Override
    public boolean concerns(ReadRecord record) {
        return record.segment != null
                && record.segment.reference != null
                && record.segment.reference.cause == null
                && record.segment.payload.length == 0;
    }

    @Override
    public List<ReadRecord> apply(List<ReadRecord> batch) throws InterruptedException {
        List<Future<byte[]>> payloads = new ArrayList<>(batch.size());
        for (ReadRecord record : batch) {
            payloads.add(reads.submit(() -> reader.read(record.segment.reference)));
        }
        underWay = payloads;
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        List<ReadRecord> results = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            results.add(ReadRecord.of(result(batch.get(i).segment, payloads.get(i), deadline)));
        }
        return results;
    }

    private Segment result(Segment segment, Future<byte[]> payload, long deadline) throws InterruptedException {
        Reference reference = segment.reference;
        try {
            byte[] bytes = payload.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            fetched.inc();
            fetchedBytes.inc(bytes.length);
            return segment.fetched(reference, bytes);
        } catch (ExecutionException e) {
            failed.inc();
            if (e.getCause() instanceof ReferenceException why) {
                return segment.fetched(reference.failed(why.deadLetterCause(), why.getMessage()), NOTHING);
            }
            // A file system's fault, whatever it throws: the segment's sound is where it was.
            return segment.fetched(unreadable(reference, "cannot be read: " + e.getCause()), NOTHING);
        } catch (TimeoutException e) {
            failed.inc();
            payload.cancel(true);
            return segment.fetched(
                    unreadable(
                            reference,
                            "was not read within " + settings.timeout().toMillis() + " ms"),
                    NOTHING);
        }
    }

    private static Reference unreadable(Reference reference, String why) {
        return reference.failed(DeadLetterCause.REFERENCE_UNREADABLE, reference.uri + " " + why);
    }

    /** Nobody waits for a read that does not end. */
    @Override
    public void cancel() {
        if (reads != null) {
            reads.shutdownNow();
        }
        List<Future<byte[]>> abandoned = underWay;
        if (abandoned != null) {
            abandoned.forEach(payload -> payload.cancel(true));
        }
    }

    @Override
    public void close() {
        cancel();
    }
}
