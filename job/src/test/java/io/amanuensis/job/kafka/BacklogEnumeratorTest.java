package io.amanuensis.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.junit.jupiter.api.Test;

class BacklogEnumeratorTest {
    private final List<Boolean> told = new ArrayList<>();
    private final List<String> passedOn = new ArrayList<>();
    private final BacklogEnumerator<KafkaPartitionSplit, String> enumerator =
            new BacklogEnumerator<>(new Recording(), told::add);

    @Test
    void oneReaderBehindIsABacklogUntilTheLastHasCaughtUp() {
        report(0, true);
        report(1, true);
        report(0, false);
        assertThat(told).containsExactly(true);
        report(1, false);
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void aReaderThatBeginsAgainIsNotBehindUntilItSaysSo() {
        report(0, true);
        enumerator.addReader(0);
        assertThat(told).containsExactly(true, false);
        assertThat(passedOn).containsExactly("reader 0");
        report(0, true);
        assertThat(told).containsExactly(true, false, true);
    }

    @Test
    void otherEventsAreForTheEnumeratorInside() {
        SourceEvent other = new SourceEvent() {
            @Override
            public String toString() {
                return "other event";
            }
        };
        enumerator.handleSourceEvent(3, other);
        assertThat(passedOn).containsExactly("other event of 3");
        assertThat(told).isEmpty();
    }

    private void report(int subtask, boolean behind) {
        enumerator.handleSourceEvent(subtask, new BehindEvent(behind));
    }

    private final class Recording implements SplitEnumerator<KafkaPartitionSplit, String> {
        @Override
        public void handleSourceEvent(int subtask, SourceEvent event) {
            passedOn.add(event + " of " + subtask);
        }

        @Override
        public void addReader(int subtask) {
            passedOn.add("reader " + subtask);
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {}

        @Override
        public String snapshotState(long checkpointId) {
            return "";
        }

        @Override
        public void close() {}
    }
}
