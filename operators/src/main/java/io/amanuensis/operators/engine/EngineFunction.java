package io.amanuensis.operators.engine;

import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.microbatch.BatchFunction;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch function on a {@link SpeechEngine} that keeps one bad window from spoiling its neighbours: a batch that fails is tried
 * again window by window, and a window that fails alone gets a failure for a result.
 */
public abstract class EngineFunction<I, O> extends EngineStage implements BatchFunction<I, O> {
    private static final long serialVersionUID = 1;

    /** @param stage the stage's uid */
    protected EngineFunction(String stage, SpeechEngine.Provider provider) {
        super(stage, provider);
    }

    /** One result for each element, in order. */
    protected abstract List<O> applyAll(SpeechEngine engine, List<I> batch);

    /** The result that says that the element failed. */
    protected abstract O failed(SpeechEngine engine, I element, WindowFailure failure);

    @Override
    public final List<O> apply(List<I> batch) {
        try {
            return applyAll(engine(), batch);
        } catch (EngineException e) {
            if (e.status() == Status.DEADLINE) {
                counters().timeouts().inc();
            }
            WindowFailure failure = EngineFailures.failureOf(stage(), e);
            if (batch.size() == 1) {
                return List.of(failed(engine(), batch.get(0), failure));
            }
            counters().retries().inc();
            List<O> results = new ArrayList<>(batch.size());
            for (I element : batch) {
                results.addAll(apply(List.of(element)));
            }
            return results;
        }
    }
}
