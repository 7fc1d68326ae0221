package io.amanuensis.operators.encode;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.device.Degradation;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.engine.EngineFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import java.util.List;
import java.util.function.Supplier;

/** Encodes on the CPU what has waited too long for a busy device, beside a {@link DeviceEncodeFunction}. */
final class SpillFunction extends EngineFunction<PcmWindow, EncodedWindow> {
    private static final long serialVersionUID = 1;

    private final transient Supplier<DeviceMetrics> metrics;
    private final transient Supplier<Degradation> degradation;
    private final transient Supplier<Saturation> saturation;

    /** @param metrics and the others, of the function that this one belongs to, once that has been opened */
    SpillFunction(
            SpeechEngine.Provider cpu,
            Supplier<DeviceMetrics> metrics,
            Supplier<Degradation> degradation,
            Supplier<Saturation> saturation) {
        super(Uids.ENCODE, cpu);
        this.metrics = metrics;
        this.degradation = degradation;
        this.saturation = saturation;
    }

    @Override
    protected List<EncodedWindow> applyAll(SpeechEngine engine, List<PcmWindow> batch) {
        saturation.get().spilled(batch.size());
        int level = Math.min(degradation.get().level(), Level.CHEAPER_DECODING);
        List<EncodedWindow> encoded = Encoding.encode(engine, batch, level);
        metrics.get().spilled(encoded);
        return encoded;
    }

    @Override
    protected EncodedWindow failed(SpeechEngine engine, PcmWindow window, WindowFailure failure) {
        return EncodedWindow.failed(window.info(), engine.facts(), failure);
    }
}
