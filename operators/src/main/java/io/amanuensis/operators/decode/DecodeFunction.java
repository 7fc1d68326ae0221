package io.amanuensis.operators.decode;

import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.DecodedWindow.Hypothesis;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.engine.EngineFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tokens and text of encoder states; windows of different languages are decoded one language after another. */
public final class DecodeFunction extends EngineFunction<EncodedWindow, DecodedWindow> {
    private static final long serialVersionUID = 1;

    private final DecodingOptions options;
    private final NoSpeechRule noSpeech;

    /** @param options its language holds for windows without a language hint */
    public DecodeFunction(SpeechEngine.Provider provider, DecodingOptions options, NoSpeechRule noSpeech) {
        super(Uids.DECODE, provider);
        this.options = options;
        this.noSpeech = noSpeech;
    }

    @Override
    protected List<DecodedWindow> applyAll(SpeechEngine engine, List<EncodedWindow> batch) {
        DecodedWindow[] results = new DecodedWindow[batch.size()];
        indicesByLanguage(batch, results).forEach((language, indices) -> {
            long start = System.nanoTime();
            List<Decoding> decodings = engine.decode(
                    indices.stream().map(i -> batch.get(i).states()).toList(), options.withLanguage(language));
            double decodeMs = (System.nanoTime() - start) / 1e6 / indices.size();
            for (int i = 0; i < indices.size(); i++) {
                results[indices.get(i)] =
                        new DecodedWindow(batch.get(indices.get(i)), hypothesis(decodings.get(i)), decodeMs, null);
            }
        });
        return List.of(results);
    }

    /** Passes over windows that failed before, whose results it sets. */
    private Map<String, List<Integer>> indicesByLanguage(List<EncodedWindow> batch, DecodedWindow[] results) {
        Map<String, List<Integer>> indices = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            EncodedWindow window = batch.get(i);
            if (window.failure() != null) {
                results[i] = DecodedWindow.failed(window, window.failure());
            } else {
                String hint = window.info().channel.languageHint;
                indices.computeIfAbsent(hint == null ? options.language() : hint, key -> new ArrayList<>())
                        .add(i);
            }
        }
        return indices;
    }

    private Hypothesis hypothesis(Decoding decoding) {
        return new Hypothesis(
                decoding.tokens(),
                decoding.text(),
                decoding.language(),
                decoding.averageLogProbability(),
                decoding.noSpeechProbability(),
                decoding.compressionRatio(),
                noSpeech.isSpeech(decoding));
    }

    @Override
    protected DecodedWindow failed(SpeechEngine engine, EncodedWindow window, WindowFailure failure) {
        return DecodedWindow.failed(window, failure);
    }
}
