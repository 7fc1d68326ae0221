package io.amanuensis.operators.align;

import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.element.WindowOutcomes;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Hands on the outcomes of a window one by one. An operator of its own behind {@code align}: before it, a checkpoint could fall
 * between two outcomes of a window while the operator waits for room.
 */
public final class Unpack implements FlatMapFunction<WindowOutcomes, WindowOutcome> {
    private static final long serialVersionUID = 1;

    @Override
    public void flatMap(WindowOutcomes window, Collector<WindowOutcome> out) {
        for (WindowOutcome outcome : window.outcomes) {
            out.collect(outcome);
        }
    }
}
