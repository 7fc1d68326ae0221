package io.amanuensis.operators.encode;

import io.amanuensis.engine.States;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.engine.EngineFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.featurize.Featurize;
import java.util.ArrayList;
import java.util.List;

/** One pass of the encoder over a batch of windows. */
public final class EncodeFunction extends EngineFunction<PcmWindow, EncodedWindow> {
    private static final long serialVersionUID = 1;

    public EncodeFunction(SpeechEngine.Provider provider) {
        super(Uids.ENCODE, provider);
    }

    @Override
    protected List<EncodedWindow> applyAll(SpeechEngine engine, List<PcmWindow> batch) {
        List<PcmWindow> windows = batch.stream()
                .map(window -> window.logMel() == null ? Featurize.featurize(engine, window) : window)
                .toList();
        long start = System.nanoTime();
        List<byte[]> states = engine.encode(
                windows.stream().map(PcmWindow::logMel).toList(),
                windows.stream()
                        .mapToInt(window -> window.info().soundSamples())
                        .toArray());
        double encodeMs = (System.nanoTime() - start) / 1e6 / windows.size();
        List<EncodedWindow> encoded = new ArrayList<>(windows.size());
        for (int i = 0; i < windows.size(); i++) {
            PcmWindow window = windows.get(i);
            encoded.add(new EncodedWindow(
                    window.info(),
                    states.get(i),
                    States.checksum(states.get(i)),
                    engine.facts(),
                    window.featurizeMs(),
                    encodeMs,
                    null));
        }
        return encoded;
    }

    @Override
    protected EncodedWindow failed(SpeechEngine engine, PcmWindow window, WindowFailure failure) {
        return EncodedWindow.failed(window.info(), engine.facts(), failure);
    }
}
