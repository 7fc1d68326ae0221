package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.kafka.Sources;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.read.ReadRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flink hears from the source whether what it reads is old, and tells every operator, as it tells its checkpoints. */
@Timeout(60)
class BacklogTest {
    private static final List<Boolean> BACKLOGS = new CopyOnWriteArrayList<>();

    @Test
    void recordsOfAnHourAgoAreABacklogAndThoseOfNowAreNot() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            byte[] garbage = {1, 2, 3};
            Configuration configuration = kafka.configuration(Map.of("input.bounded", "false"));
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
            env.fromSource(
                            Sources.segments(JobConfig.from(configuration).kafka()),
                            WatermarkStrategy.noWatermarks(),
                            Uids.READ)
                    .uid(Uids.READ)
                    .transform("listen", TypeInformation.of(ReadRecord.class), new Listener())
                    .setParallelism(1)
                    .uid("listen")
                    .sinkTo(new DiscardingSink<>())
                    .uid("discard");
            kafka.produce(garbage, Duration.ofHours(1));
            JobClient job = env.executeAsync("listen");
            try {
                CommonTestUtils.waitUntilCondition(() -> !BACKLOGS.isEmpty());
                kafka.produce(garbage, Duration.ZERO);
                CommonTestUtils.waitUntilCondition(() -> BACKLOGS.size() > 1);
                assertThat(BACKLOGS).containsExactly(true, false);
            } finally {
                job.cancel().get();
            }
        }
    }

    private static final class Listener extends AbstractStreamOperator<ReadRecord>
            implements OneInputStreamOperator<ReadRecord, ReadRecord> {
        @Override
        public void processElement(StreamRecord<ReadRecord> record) {
            output.collect(record);
        }

        @Override
        public void processRecordAttributes(RecordAttributes attributes) {
            BACKLOGS.add(attributes.isBacklog());
        }
    }
}
