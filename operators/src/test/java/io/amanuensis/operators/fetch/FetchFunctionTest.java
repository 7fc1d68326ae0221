package io.amanuensis.operators.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.schemas.DeadLetterCause;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FetchFunctionTest {
    private static final byte[] SOUND = {1, 2, 3};

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private volatile boolean interruptible = true;
    private final FetchFunction function = new Scripted(Duration.ofMillis(1));

    /** What becomes of a reference stands in it. */
    private final class Scripted extends FetchFunction {
        private static final long serialVersionUID = 1;

        Scripted(Duration timeout) {
            super(new FetchSettings(AllowedPrefixes.of(List.of()), 100, timeout));
        }

        @Override
        PayloadReader openReader() {
            return reference -> {
                switch (reference.uri) {
                    case "good" -> {
                        return SOUND;
                    }
                    case "missing" -> throw new ReferenceException(DeadLetterCause.REFERENCE_MISSING, "not there");
                    case "broken" -> throw new IllegalStateException("no plugin");
                    default -> {
                        started.countDown();
                        boolean told = false;
                        while (!told || !interruptible) {
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                told = true;
                                interrupted.countDown();
                            }
                        }
                        return SOUND;
                    }
                }
            };
        }
    }

    private static ReadRecord record(String uri) {
        Segment segment = Segments.segment(Segments.channel("call", 0), 7, 7);
        segment.reference = new Reference(uri, 3, "00ff");
        segment.payload = new byte[0];
        return ReadRecord.of(segment);
    }

    private Segment outcome(FetchFunction function, String uri) throws Exception {
        function.open(new UnregisteredMetricsGroup());
        return function.apply(List.of(record(uri))).get(0).segment;
    }

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void onlySegmentsWithoutTheirPayloadConcernIt() {
        Segment plain = Segments.segment(Segments.channel("call", 0), 7, 7);
        assertThat(function.concerns(ReadRecord.of(plain))).isFalse();
        assertThat(function.concerns(ReadRecord.rejected(null))).isFalse();
        assertThat(function.concerns(record("good"))).isTrue();
        Segment done = record("good").segment.fetched(new Reference("good", 3, "00ff"), SOUND);
        assertThat(function.concerns(ReadRecord.of(done))).isFalse();
    }

    @Test
    void thePayloadComesIntoACopyOfTheSegment() throws Exception {
        FetchFunction function = new Scripted(Duration.ofMinutes(1));
        function.open(new UnregisteredMetricsGroup());
        ReadRecord before = record("good");
        Segment after = function.apply(List.of(before)).get(0).segment;
        function.close();
        assertThat(after.payload).isEqualTo(SOUND);
        assertThat(after.reference.cause).isNull();
        assertThat(before.segment.payload).as("what a checkpoint keeps").isEmpty();
        assertThat(after).usingRecursiveComparison().ignoringFields("payload").isEqualTo(before.segment);
    }

    @Test
    void whatGoesWrongStaysWithTheSegment() throws Exception {
        FetchFunction function = new Scripted(Duration.ofMinutes(1));
        Segment missing = outcome(function, "missing");
        assertThat(missing.payload).isEmpty();
        assertThat(missing.reference.cause).isEqualTo(DeadLetterCause.REFERENCE_MISSING);
        assertThat(missing.reference.message).isEqualTo("not there");
        Segment broken = outcome(function, "broken");
        assertThat(broken.reference.cause).isEqualTo(DeadLetterCause.REFERENCE_UNREADABLE);
        assertThat(broken.reference.message).contains("no plugin");
        function.close();
    }

    @Test
    void aCancelledTaskWaitsForNoRead() throws Exception {
        interruptible = false;
        FetchFunction patient = new Scripted(Duration.ofDays(1));
        patient.open(new UnregisteredMetricsGroup());
        FutureTask<List<ReadRecord>> work = new FutureTask<>(() -> patient.apply(List.of(record("endless"))));
        Thread thread = new Thread(work);
        thread.start();
        started.await();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        patient.cancel();
        assertThatThrownBy(work::get).hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void aReadThatTakesTooLongIsGivenUpAndToldSo() throws Exception {
        Segment late = outcome(function, "endless");
        assertThat(late.reference.cause).isEqualTo(DeadLetterCause.REFERENCE_UNREADABLE);
        assertThat(late.reference.message).isEqualTo("endless was not read within 1 ms");
        interrupted.await(); // for good if nobody tells the read
    }
}
