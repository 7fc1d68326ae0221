package io.amanuensis.operators.element;

import java.util.List;

/** The outcomes of a window's utterances, by time: the output of {@code align}. One, unless the window was packed. */
public final class WindowOutcomes {
    public WindowOutcome[] outcomes;

    public WindowOutcomes() {}

    public static WindowOutcomes of(List<WindowOutcome> outcomes) {
        WindowOutcomes all = new WindowOutcomes();
        all.outcomes = outcomes.toArray(WindowOutcome[]::new);
        return all;
    }
}
