package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.WindowInfo;
import java.util.Arrays;

/** A window in the making, of one utterance or more: keyed state. */
public final class Pack {
    /** At least one, by time. */
    public WindowInfo[] utterances = {};
    /** Where the sound of each begins in the window, samples. */
    public int[] offsetSamples = {};
    /** Their sound, on the window's clock. */
    public StoredRange stored = new StoredRange();

    public Pack() {}

    void add(WindowInfo utterance, int offset) {
        int count = utterances.length;
        utterances = Arrays.copyOf(utterances, count + 1);
        offsetSamples = Arrays.copyOf(offsetSamples, count + 1);
        utterances[count] = utterance;
        offsetSamples[count] = offset;
    }

    /** Where the sound of the last ends in the window. */
    int endSample() {
        int last = utterances.length - 1;
        return offsetSamples[last] + utterances[last].sampleCount;
    }

    /** Where the sound of the first ends on the call's clock: it has waited longest. */
    long waitingSinceSample() {
        return utterances[0].startSample + utterances[0].sampleCount;
    }
}
