package io.amanuensis.job;

import io.amanuensis.job.kafka.KafkaSettings;
import io.amanuensis.job.kafka.RecordSinks;
import io.amanuensis.job.kafka.SegmentSource;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.read.ReadRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job on Kafka, and its entry class on a cluster: {@code TranscriptionJob [--config FILE] [-Dkey=value ...]}. */
public final class TranscriptionJob {
    public static final String NAME = "amanuensis";

    private TranscriptionJob() {}

    public static void main(String[] args) throws Exception {
        Configuration configuration = JobArguments.parse(args);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(JobDefaults.under(configuration));
        onKafka(env, JobConfig.from(configuration));
        env.execute(NAME);
    }

    /** Appends source, topology and exactly-once sinks. */
    public static void onKafka(StreamExecutionEnvironment env, JobConfig config) {
        KafkaSettings kafka = config.kafka();
        // Event time is the sound's own clock, kept in keyed state per channel: a watermark would be one for all
        // channels.
        DataStream<ReadRecord> read = env.fromSource(
                        SegmentSource.of(kafka), WatermarkStrategy.noWatermarks(), Uids.READ)
                .uid(Uids.READ);
        Topology.Outputs outputs = Topology.append(read, config);
        outputs.transcripts()
                .sinkTo(RecordSinks.transcripts(kafka))
                .name(Uids.PUBLISH_TRANSCRIPTS)
                .uid(Uids.PUBLISH_TRANSCRIPTS);
        outputs.partials()
                .sinkTo(RecordSinks.partials(kafka))
                .name(Uids.PUBLISH_PARTIALS)
                .uid(Uids.PUBLISH_PARTIALS);
        outputs.calls()
                .sinkTo(RecordSinks.calls(kafka))
                .name(Uids.PUBLISH_CALLS)
                .uid(Uids.PUBLISH_CALLS);
        outputs.suppressed()
                .sinkTo(RecordSinks.suppressed(kafka))
                .name(Uids.PUBLISH_SUPPRESSED)
                .uid(Uids.PUBLISH_SUPPRESSED);
        outputs.deadLetters()
                .sinkTo(RecordSinks.deadLetters(kafka))
                .name(Uids.PUBLISH_DEAD_LETTERS)
                .uid(Uids.PUBLISH_DEAD_LETTERS);
    }
}
