package io.amanuensis.operators.engine;

import io.amanuensis.operators.microbatch.StageFunction;
import org.apache.flink.metrics.MetricGroup;

/** A stage's function that owns a {@link SpeechEngine}. */
public abstract class EngineStage implements StageFunction {
    private static final long serialVersionUID = 1;

    private final String stage;
    private final SpeechEngine.Provider provider;
    private transient volatile SpeechEngine engine;
    private transient EngineCounters counters;

    /** @param stage the stage's uid */
    protected EngineStage(String stage, SpeechEngine.Provider provider) {
        this.stage = stage;
        this.provider = provider;
    }

    protected final String stage() {
        return stage;
    }

    protected final SpeechEngine engine() {
        return engine;
    }

    protected final EngineCounters counters() {
        return counters;
    }

    @Override
    public void open(MetricGroup metrics) {
        engine = provider.open();
        counters = EngineCounters.of(metrics);
        metrics.gauge("nativeMemoryBytes", () -> engine.memoryBytes());
    }

    @Override
    public final void cancel() {
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
