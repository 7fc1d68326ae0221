package io.amanuensis.engine;

import io.amanuensis.engine.AmanuensisLibrary.AmModel;
import java.util.List;

/** What the library says about a model, read once when it is opened. */
record ModelFacts(
        int sampleRateHz,
        int windowSamples,
        int melBins,
        int melFrames,
        int statePositions,
        int stateWidth,
        int decoderPositions,
        int timestampBeginToken,
        int timestampMs,
        String alignment,
        long weightBytes,
        String backEnd,
        String device,
        String isa,
        String precision,
        List<String> languages) {

    static ModelFacts read(AmModel model) {
        try (OutCells cells = new OutCells()) {
            Reader reader = new Reader(model, cells);
            return new ModelFacts(
                    reader.count("sample-rate"),
                    reader.count("window-samples"),
                    reader.count("mel-bins"),
                    reader.count("mel-frames"),
                    reader.count("state-positions"),
                    reader.count("state-width"),
                    reader.count("decoder-positions"),
                    reader.count("token-timestamp-begin"),
                    reader.count("timestamp-ms"),
                    reader.text("alignment"),
                    reader.number("weight-bytes"),
                    reader.text("back-end"),
                    reader.text("device"),
                    reader.text("isa"),
                    reader.text("precision"),
                    reader.list("languages"));
        }
    }

    private record Reader(AmModel model, OutCells cells) {
        long number(String key) {
            EngineException.check(AmanuensisLibrary.am_model_number(model, key, cells.number));
            return cells.number.getValue();
        }

        int count(String key) {
            return Math.toIntExact(number(key));
        }

        String text(String key) {
            EngineException.check(AmanuensisLibrary.am_model_text(model, key, cells.pointer));
            return cells.text();
        }

        List<String> list(String key) {
            String text = text(key);
            return text.isEmpty() ? List.of() : List.of(text.split(","));
        }
    }
}
