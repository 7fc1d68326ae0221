package io.amanuensis.operators.retry;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.DeadLetterCause;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Lets the windows through that the model can hear; dead letters of the others, and of what was no window, on the side. */
public final class UnparkFunction extends ProcessFunction<RetryRecord, PcmWindow> {
    private static final long serialVersionUID = 1;

    private final SpeechEngine.Provider provider;
    private transient int windowSamples;

    public UnparkFunction(SpeechEngine.Provider provider) {
        this.provider = provider;
    }

    @Override
    public void open(OpenContext context) {
        try (SpeechEngine engine = provider.open()) {
            windowSamples = engine.windowSamples();
        }
    }

    @Override
    public void processElement(RetryRecord record, Context context, Collector<PcmWindow> out) {
        if (record.rejected != null) {
            context.output(DeadLetters.TAG, record.rejected);
            return;
        }
        WindowInfo info = record.window.info();
        if (info.soundSamples() > windowSamples) {
            String message =
                    "the window holds %d samples, the model hears %d at a time; replay it with the model that it was"
                            + " parked for";
            context.output(
                    DeadLetters.TAG,
                    DeadLetters.ofWindow(
                            Uids.UNPARK,
                            DeadLetterCause.ENGINE_INPUT,
                            message.formatted(info.soundSamples(), windowSamples),
                            info));
            return;
        }
        out.collect(record.window);
    }
}
