package io.amanuensis.operators.featurize;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.npu.TaskCheck;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Computes Whisper's log-mel spectrogram of each window, in the task's own thread: it takes milliseconds. */
public final class Featurize extends RichMapFunction<PcmWindow, PcmWindow> {
    private static final long serialVersionUID = 1;
    private static final int REMEMBERED_WINDOWS = 512;

    private final SpeechEngine.Provider provider;
    private final TaskCheck check;
    private transient SpeechEngine engine;
    private transient Histogram featurizeDurationMs;

    /** @param check of the task that this stage shares with {@code encode} */
    public Featurize(SpeechEngine.Provider provider, TaskCheck check) {
        this.provider = provider;
        this.check = check;
    }

    @Override
    public void open(OpenContext context) {
        check.verify(getRuntimeContext());
        engine = provider.open();
        featurizeDurationMs = getRuntimeContext()
                .getMetricGroup()
                .addGroup(Uids.FEATURIZE)
                .histogram("featurizeDurationMs", new DescriptiveStatisticsHistogram(REMEMBERED_WINDOWS));
    }

    @Override
    public PcmWindow map(PcmWindow window) {
        PcmWindow featurized = featurize(engine, window);
        featurizeDurationMs.update((long) featurized.featurizeMs());
        return featurized;
    }

    /** The window with its spectrogram; also for windows that lost theirs in a checkpoint. */
    public static PcmWindow featurize(SpeechEngine engine, PcmWindow window) {
        long start = System.nanoTime();
        float[] logMel = engine.logMel(window.samples());
        return window.withLogMel(logMel, (System.nanoTime() - start) / 1e6);
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
