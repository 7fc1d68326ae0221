package io.amanuensis.operators.microbatch;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Builds a {@link MicroBatchOperator} in each subtask. */
public final class MicroBatchOperatorFactory<I, O> extends AbstractStreamOperatorFactory<O>
        implements OneInputStreamOperatorFactory<I, O> {
    private static final long serialVersionUID = 1;

    private final String stage;
    private final BatchFunction<I, O> function;
    private final MicroBatchSettings settings;
    private final BesideOutput<I, O, ?> beside;
    private final SizeBytes<I> sizeBytes;

    /** @param stage the stage's uid, which names its metric group and thread */
    public MicroBatchOperatorFactory(
            String stage, BatchFunction<I, O> function, MicroBatchSettings settings, SizeBytes<I> sizeBytes) {
        this(stage, function, settings, null, sizeBytes);
    }

    /** @param beside what goes to a side output; null for nothing */
    public MicroBatchOperatorFactory(
            String stage,
            BatchFunction<I, O> function,
            MicroBatchSettings settings,
            BesideOutput<I, O, ?> beside,
            SizeBytes<I> sizeBytes) {
        this.beside = beside;
        this.stage = stage;
        this.function = function;
        this.settings = settings;
        this.sizeBytes = sizeBytes;
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends StreamOperator<O>> T createStreamOperator(StreamOperatorParameters<O> parameters) {
        return (T) new MicroBatchOperator<>(parameters, stage, function, settings, beside, sizeBytes);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return MicroBatchOperator.class;
    }
}
