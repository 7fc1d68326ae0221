package io.amanuensis.operators.retry;

import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.read.DeadLetters;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Lets news of replayed windows through to the ledgers of their calls; dead letters of what was none on the side. */
public final class AmendFunction extends ProcessFunction<ReplayedRecord, SettledSpan> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(ReplayedRecord record, Context context, Collector<SettledSpan> out) {
        if (record.rejected == null) {
            out.collect(record.span);
        } else {
            context.output(DeadLetters.TAG, record.rejected);
        }
    }
}
