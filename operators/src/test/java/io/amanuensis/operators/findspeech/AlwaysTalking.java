package io.amanuensis.operators.findspeech;

import java.util.Arrays;

/** Does the work of the default detector and hears speech whatever it finds: the greatest load there is. */
public final class AlwaysTalking implements SpeechDetector {
    private static final long serialVersionUID = 1;

    private final SpeechDetector worker = FindSpeechSettings.DEFAULT.detector();

    @Override
    public int frameSamples() {
        return worker.frameSamples();
    }

    @Override
    public int memoryVersion() {
        return worker.memoryVersion();
    }

    @Override
    public float[] newMemory() {
        return worker.newMemory();
    }

    @Override
    public float[] certainties(short[] samples, int count, float[] memory) {
        float[] certainties = worker.certainties(samples, count, memory);
        Arrays.fill(certainties, CERTAIN);
        return certainties;
    }

    @Override
    public void close() {
        worker.close();
    }
}
