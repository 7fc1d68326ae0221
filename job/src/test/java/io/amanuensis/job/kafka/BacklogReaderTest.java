package io.amanuensis.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.Test;

class BacklogReaderTest {
    private final Queue<Long> timestamps = new ArrayDeque<>();
    private final List<Boolean> reports = new ArrayList<>();
    private final Collected output = new Collected();
    private final BacklogReader<String, KafkaPartitionSplit> reader =
            new BacklogReader<>(new Recorded(), Duration.ofSeconds(10), () -> 1_000_000, reports::add);

    @Test
    void reportsChangesOnly() throws Exception {
        readRecordsOfAge(0, 9_999, 10_000, 10_001, 60_000, 20_000);
        assertThat(reports).containsExactly(true);
        readRecordsOfAge(0, 0, 3);
        assertThat(reports).containsExactly(true, false);
    }

    @Test
    void keepsItsMindUntilRecordsAreHalfAsOld() throws Exception {
        readRecordsOfAge(10_001, 9_999, 5_001);
        assertThat(reports).containsExactly(true);
        readRecordsOfAge(5_000, 9_999);
        assertThat(reports).containsExactly(true, false);
    }

    @Test
    void aClockBehindTheProducersIsNoBacklog() throws Exception {
        readRecordsOfAge(-60_000);
        assertThat(reports).isEmpty();
    }

    @Test
    void atTheEndOfItsInputItIsNotBehind() throws Exception {
        readRecordsOfAge(60_000);
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
        assertThat(reports).containsExactly(true, false);
    }

    @Test
    void passesRecordsOnAsTheyAre() throws Exception {
        readRecordsOfAge(60_000, 0);
        assertThat(output.records).containsExactly("940000 at 940000", "1000000 at 1000000");
    }

    private void readRecordsOfAge(long... ages) throws Exception {
        for (long age : ages) {
            timestamps.add(1_000_000 - age);
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
        }
    }

    /** As Kafka's reader: each split has its own output. */
    private final class Recorded implements SourceReader<String, KafkaPartitionSplit> {
        @Override
        public InputStatus pollNext(ReaderOutput<String> records) {
            Long timestamp = timestamps.poll();
            if (timestamp == null) {
                return InputStatus.END_OF_INPUT;
            }
            records.createOutputForSplit("split").collect(timestamp.toString(), timestamp);
            return InputStatus.MORE_AVAILABLE;
        }

        @Override
        public void start() {}

        @Override
        public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
            return List.of();
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void addSplits(List<KafkaPartitionSplit> splits) {}

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }

    private static final class Collected implements ReaderOutput<String> {
        private final List<String> records = new ArrayList<>();

        @Override
        public void collect(String text) {
            throw new UnsupportedOperationException("Kafka's records have times");
        }

        @Override
        public void collect(String text, long timestamp) {
            records.add(text + " at " + timestamp);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            throw new UnsupportedOperationException("the job has no watermarks");
        }

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<String> createOutputForSplit(String splitId) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}
    }
}
