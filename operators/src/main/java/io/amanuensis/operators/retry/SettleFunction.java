package io.amanuensis.operators.retry;

import io.amanuensis.operators.assemble.SeamWords;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.Transcript;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Publishes windows that were parked, each by itself: the call that they belong to has gone on without them, and its ledger hears of
 * them by {@link #REPLAYED}. Words at a seam go to the side on which their middle lies, as the neighbours gave them away when there
 * was no outcome to compare with. Dead letters on the side; the ledger has those windows as such already.
 */
public final class SettleFunction extends ProcessFunction<WindowOutcome, Transcript> {
    private static final long serialVersionUID = 1;

    /** What became of windows that are dead letters no longer. */
    public static final OutputTag<ReplayedWindow> REPLAYED =
            new OutputTag<>("replayed", new AvroTypeInfo<>(ReplayedWindow.class));

    @Override
    public void processElement(WindowOutcome outcome, Context context, Collector<Transcript> out) {
        switch (outcome.kind) {
            case TEXT -> {
                Transcript transcript = SeamWords.kept(outcome.transcript, outcome.info, null);
                boolean isEmpty = transcript.getText().isEmpty();
                if (!isEmpty) {
                    out.collect(transcript);
                }
                context.output(REPLAYED, ReplayedWindows.record(outcome, isEmpty ? null : transcript));
            }
            case FAILED -> context.output(DeadLetters.TAG, outcome.deadLetter);
            // What the guard suppressed has left on its own side output.
            case NON_SPEECH -> context.output(REPLAYED, ReplayedWindows.record(outcome, null));
        }
    }
}
