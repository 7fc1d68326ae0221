package io.amanuensis.operators.engine;

import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.microbatch.BatchFunction;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * A batch function that owns a {@link SpeechEngine} and keeps one bad window from spoiling its neighbours: a batch that fails is
 * tried again window by window, and a window that fails alone gets a failure for a result.
 */
public abstract class EngineFunction<I, O> implements BatchFunction<I, O> {
    private static final long serialVersionUID = 1;

    private final String stage;
    private final SpeechEngine.Provider provider;
    private transient volatile SpeechEngine engine;
    private transient Counter retries;
    private transient Counter timeouts;

    /** @param stage the stage's uid */
    protected EngineFunction(String stage, SpeechEngine.Provider provider) {
        this.stage = stage;
        this.provider = provider;
    }

    /** One result for each element, in order. */
    protected abstract List<O> applyAll(SpeechEngine engine, List<I> batch);

    /** The result that says that the element failed. */
    protected abstract O failed(SpeechEngine engine, I element, WindowFailure failure);

    @Override
    public void open(MetricGroup metrics) {
        engine = provider.open();
        retries = metrics.counter("batchRetryCount");
        timeouts = metrics.counter("batchTimeoutCount");
        metrics.gauge("nativeMemoryBytes", () -> engine.memoryBytes());
    }

    @Override
    public final List<O> apply(List<I> batch) {
        try {
            return applyAll(engine, batch);
        } catch (EngineException e) {
            count(e);
            WindowFailure failure = EngineFailures.failureOf(stage, e);
            if (batch.size() == 1) {
                return List.of(failed(engine, batch.get(0), failure));
            }
            retries.inc();
            List<O> results = new ArrayList<>(batch.size());
            for (I element : batch) {
                results.addAll(apply(List.of(element)));
            }
            return results;
        }
    }

    private void count(EngineException e) {
        if (e.status() == Status.DEADLINE) {
            timeouts.inc();
        }
    }

    @Override
    public void cancel() {
        SpeechEngine running = engine;
        if (running != null) {
            running.cancel();
        }
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
