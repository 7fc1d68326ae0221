package io.amanuensis.operators.encode;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.engine.EngineFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import java.util.List;

/** One pass of the encoder over a batch of windows, by the one engine there is. */
public final class EncodeFunction extends EngineFunction<PcmWindow, EncodedWindow> {
    private static final long serialVersionUID = 1;

    public EncodeFunction(SpeechEngine.Provider provider) {
        super(Uids.ENCODE, provider);
    }

    @Override
    protected List<EncodedWindow> applyAll(SpeechEngine engine, List<PcmWindow> batch) {
        return Encoding.encode(engine, batch, Level.CPU);
    }

    @Override
    protected EncodedWindow failed(SpeechEngine engine, PcmWindow window, WindowFailure failure) {
        return EncodedWindow.failed(window.info(), engine.facts(), failure);
    }
}
