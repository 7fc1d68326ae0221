package io.amanuensis.job.kafka;

import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;

/**
 * A Kafka source that tells Flink when it reads a backlog, so that checkpoints come less often then
 * ({@code execution.checkpointing.interval-during-backlog}, FLIP-309): who waits for old sound to become text does not mind some
 * seconds more, and a checkpoint costs as much as the text of many seconds. It reads a backlog while the newest record that one of
 * its readers has passed on is older than {@code backlogAfter}, by Kafka's time of the record and the clock of the task manager.
 *
 * <p>Splits, offsets and what a checkpoint holds are those of the source inside.
 */
final class BacklogSource<T>
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T>, LineageVertexProvider {
    private static final long serialVersionUID = 1L;

    private final KafkaSource<T> inner;
    private final Duration backlogAfter;

    BacklogSource(KafkaSource<T> inner, Duration backlogAfter) {
        this.inner = inner;
        this.backlogAfter = backlogAfter;
    }

    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        return new BacklogReader<>(
                inner.createReader(context),
                backlogAfter,
                System::currentTimeMillis,
                behind -> context.sendSourceEventToCoordinator(new BehindEvent(behind)));
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new BacklogEnumerator<>(inner.createEnumerator(context), context::setIsProcessingBacklog);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) throws IOException {
        return new BacklogEnumerator<>(inner.restoreEnumerator(context, state), context::setIsProcessingBacklog);
    }

    @Override
    public Boundedness getBoundedness() {
        return inner.getBoundedness();
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return inner.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return inner.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return inner.getProducedType();
    }

    @Override
    public LineageVertex getLineageVertex() {
        return inner.getLineageVertex();
    }
}
