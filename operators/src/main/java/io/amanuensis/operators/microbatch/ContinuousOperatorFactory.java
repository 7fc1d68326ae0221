package io.amanuensis.operators.microbatch;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Builds a {@link ContinuousOperator} in each subtask. */
public final class ContinuousOperatorFactory<I, O> extends AbstractStreamOperatorFactory<O>
        implements OneInputStreamOperatorFactory<I, O> {
    private static final long serialVersionUID = 1;

    private final String stage;
    private final ContinuousFunction<I, O> function;
    private final InFlightBounds bounds;
    private final SizeBytes<I> sizeBytes;

    /** @param stage the stage's uid, which names its metric group and thread */
    public ContinuousOperatorFactory(
            String stage, ContinuousFunction<I, O> function, InFlightBounds bounds, SizeBytes<I> sizeBytes) {
        this.stage = stage;
        this.function = function;
        this.bounds = bounds;
        this.sizeBytes = sizeBytes;
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends StreamOperator<O>> T createStreamOperator(StreamOperatorParameters<O> parameters) {
        return (T) new ContinuousOperator<>(parameters, stage, function, bounds, sizeBytes);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return ContinuousOperator.class;
    }
}
