package io.amanuensis.operators.encode;

import io.amanuensis.engine.States;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.featurize.Featurize;
import java.util.ArrayList;
import java.util.List;

/** One pass of an encoder over a batch of windows. */
final class Encoding {
    private Encoding() {}

    /** The windows with their spectrograms, computed for those that lost theirs in a checkpoint. */
    static List<PcmWindow> featurized(SpeechEngine engine, List<PcmWindow> windows) {
        return windows.stream()
                .map(window -> window.logMel() == null ? Featurize.featurize(engine, window) : window)
                .toList();
    }

    /** @param level of the windows */
    static List<EncodedWindow> encode(SpeechEngine engine, List<PcmWindow> batch, int level) {
        List<PcmWindow> windows = featurized(engine, batch);
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
                    level,
                    null));
        }
        return encoded;
    }
}
