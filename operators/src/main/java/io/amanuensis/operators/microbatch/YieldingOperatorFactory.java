package io.amanuensis.operators.microbatch;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Builds a {@link YieldingOperator} in each subtask. */
public final class YieldingOperatorFactory<I, O> extends AbstractStreamOperatorFactory<O>
        implements OneInputStreamOperatorFactory<I, O> {
    private static final long serialVersionUID = 1;

    private final String stage;
    private final BatchFunction<I, O> function;
    private final YieldSettings settings;
    private final Supersedes<I> supersedes;
    private final YieldingOperator.Yield yield;
    private final SizeBytes<I> sizeBytes;

    /**
     * @param stage the stage's uid, which names its metric group and thread
     * @param yield asked by the task's thread before each batch
     */
    public YieldingOperatorFactory(
            String stage,
            BatchFunction<I, O> function,
            YieldSettings settings,
            Supersedes<I> supersedes,
            YieldingOperator.Yield yield,
            SizeBytes<I> sizeBytes) {
        this.stage = stage;
        this.function = function;
        this.settings = settings;
        this.supersedes = supersedes;
        this.yield = yield;
        this.sizeBytes = sizeBytes;
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends StreamOperator<O>> T createStreamOperator(StreamOperatorParameters<O> parameters) {
        return (T) new YieldingOperator<>(parameters, stage, function, settings, supersedes, yield, sizeBytes);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return YieldingOperator.class;
    }
}
