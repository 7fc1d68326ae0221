package io.amanuensis.operators.retry;

import io.amanuensis.operators.assemble.SeamWords;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.Transcript;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Publishes windows that were parked, each by itself: the call that they belong to has gone on without them. Words at a seam go to
 * the side on which their middle lies, as the neighbours gave them away when there was no outcome to compare with. Dead letters on the
 * side.
 */
public final class SettleFunction extends ProcessFunction<WindowOutcome, Transcript> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(WindowOutcome outcome, Context context, Collector<Transcript> out) {
        switch (outcome.kind) {
            case TEXT -> {
                Transcript transcript = SeamWords.kept(outcome.transcript, outcome.info, null);
                if (!transcript.getText().isEmpty()) {
                    out.collect(transcript);
                }
            }
            case FAILED -> context.output(DeadLetters.TAG, outcome.deadLetter);
            case NON_SPEECH -> {} // nothing to publish; what the guard suppressed has left on its own side output
        }
    }
}
