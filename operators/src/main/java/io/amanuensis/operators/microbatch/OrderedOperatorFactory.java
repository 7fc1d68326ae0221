package io.amanuensis.operators.microbatch;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Builds an {@link OrderedOperator} in each subtask, at the head of its chain. */
public final class OrderedOperatorFactory<T> extends AbstractStreamOperatorFactory<T>
        implements OneInputStreamOperatorFactory<T, T> {
    private static final long serialVersionUID = 1;

    private final String stage;
    private final OrderedFunction<T> function;
    private final TypeSerializer<T> stateSerializer;
    private final int maxBatchSize;
    private final InFlightBounds bounds;
    private final SizeBytes<T> sizeBytes;

    /**
     * @param stage the stage's uid, which names its metric group and thread
     * @param stateSerializer of elements in flight; writes a version
     * @param maxBatchSize elements that the function is given at once
     */
    public OrderedOperatorFactory(
            String stage,
            OrderedFunction<T> function,
            TypeSerializer<T> stateSerializer,
            int maxBatchSize,
            InFlightBounds bounds,
            SizeBytes<T> sizeBytes) {
        this.stage = stage;
        this.function = function;
        this.stateSerializer = stateSerializer;
        this.maxBatchSize = maxBatchSize;
        this.bounds = bounds;
        this.sizeBytes = sizeBytes;
        this.chainingStrategy = ChainingStrategy.HEAD;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <O extends StreamOperator<T>> O createStreamOperator(StreamOperatorParameters<T> parameters) {
        return (O) new OrderedOperator<>(parameters, stage, function, stateSerializer, maxBatchSize, bounds, sizeBytes);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return OrderedOperator.class;
    }
}
