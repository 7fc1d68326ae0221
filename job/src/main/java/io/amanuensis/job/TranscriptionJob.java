package io.amanuensis.job;

import io.amanuensis.job.kafka.KafkaSettings;
import io.amanuensis.job.kafka.RecordSinks;
import io.amanuensis.job.kafka.Sources;
import io.amanuensis.job.placement.Placement;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.retry.RetryRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job on Kafka, and its entry class on a cluster: {@code TranscriptionJob [--config FILE] [-Dkey=value ...]}. */
public final class TranscriptionJob {
    private static final String NAME = "amanuensis";
    private static final String REPLAY_NAME = "amanuensis-replay";

    private TranscriptionJob() {}

    public static void main(String[] args) throws Exception {
        // What a program sets goes over what the cluster and `flink run -D` say: the job's defaults have to be put
        // under them.
        Configuration configuration = Configuration.fromMap(StreamExecutionEnvironment.getExecutionEnvironment()
                .getConfiguration()
                .toMap());
        configuration.addAll(JobArguments.parse(args));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(JobDefaults.under(configuration));
        JobConfig config = JobConfig.from(configuration);
        onKafka(env, config);
        env.execute(nameOf(config));
    }

    /** Metrics and alerts tell jobs by it. */
    public static String nameOf(JobConfig config) {
        return config.replaysParkedWindows() ? REPLAY_NAME : NAME;
    }

    /** Appends source, topology and exactly-once sinks: of calls, or of windows that were parked. */
    public static void onKafka(StreamExecutionEnvironment env, JobConfig config) {
        KafkaSettings kafka = config.kafka();
        if (config.replaysParkedWindows()) {
            replay(env, config, kafka);
        } else {
            transcribe(env, config, kafka);
        }
    }

    private static void transcribe(StreamExecutionEnvironment env, JobConfig config, KafkaSettings kafka) {
        DataStream<ReadRecord> read = read(env, Sources.segments(kafka), Uids.READ);
        Topology.Outputs outputs = config.parksWindows()
                ? Topology.append(read, read(env, Sources.replayed(kafka), Uids.READ_REPLAYED), config)
                : Topology.append(read, config);
        publish(outputs.transcripts(), RecordSinks.transcripts(kafka), Uids.PUBLISH_TRANSCRIPTS);
        publish(outputs.partials(), RecordSinks.partials(kafka), Uids.PUBLISH_PARTIALS);
        publish(outputs.calls(), RecordSinks.calls(kafka), Uids.PUBLISH_CALLS);
        publish(outputs.suppressed(), RecordSinks.suppressed(kafka), Uids.PUBLISH_SUPPRESSED);
        publish(outputs.deadLetters(), RecordSinks.deadLetters(kafka), Uids.PUBLISH_DEAD_LETTERS);
        publish(outputs.parked(), RecordSinks.parked(kafka), Uids.PUBLISH_RETRY);
    }

    private static void replay(StreamExecutionEnvironment env, JobConfig config, KafkaSettings kafka) {
        DataStream<RetryRecord> read = read(env, Sources.parked(kafka), Uids.READ_RETRY);
        Replay.Outputs outputs = Replay.append(read, config);
        publish(outputs.transcripts(), RecordSinks.transcripts(kafka), Uids.PUBLISH_TRANSCRIPTS);
        publish(outputs.suppressed(), RecordSinks.suppressed(kafka), Uids.PUBLISH_SUPPRESSED);
        publish(outputs.deadLetters(), RecordSinks.deadLetters(kafka), Uids.PUBLISH_DEAD_LETTERS);
        publish(outputs.parked(), RecordSinks.parked(kafka), Uids.PUBLISH_RETRY);
        publish(outputs.replayed(), RecordSinks.replayed(kafka), Uids.PUBLISH_REPLAYED);
    }

    /** Event time is the sound's own clock, kept in keyed state per channel: a watermark would be one for all channels. */
    private static <T> DataStream<T> read(StreamExecutionEnvironment env, Source<T, ?, ?> source, String uid) {
        return env.fromSource(source, WatermarkStrategy.noWatermarks(), uid).uid(uid);
    }

    /** Behind a stage beside an NPU it would be there too, unless told not to. */
    private static <T> void publish(DataStream<T> records, KafkaSink<T> sink, String uid) {
        records.sinkTo(sink).name(uid).uid(uid).slotSharingGroup(Placement.CPU_GROUP);
    }
}
