package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.PcmChunk;

/** How far the sound of a run of a channel has been judged: keyed state. */
public final class ChannelSpeech {
    public CallChannel channel;
    /** Of the next span. */
    public long spanIndex;
    /** Where the next span begins, which is where the last one ended. */
    public long spanStartSample;
    /** Where the sound received so far ends. */
    public long heardEndSample;
    /** The samples behind the last whole frame. */
    public short[] partialFrame = {};

    public float[] detectorMemory = {};
    /** {@link SpeechDetector#memoryVersion} of the memory. */
    public int detectorMemoryVersion;

    public StoredRange stored = new StoredRange();

    /** Whether an utterance is under way; it begins at {@link #spanStartSample}. */
    public boolean speaking;
    /** Whether it goes on where the window before was full and had to be cut. Unused unless speaking. */
    public boolean continuesSeam;
    /** Samples of speech in the utterance under way. */
    public int speechSamples;
    /** Otherwise: samples of speech that may become one; 0 if nothing has been heard lately. */
    public int onsetSamples;
    /** As many samples of certain speech would weigh as much as they do. Unused without {@link #onsetSamples}. */
    public float onsetCertainSamples;
    /** Where they, or the speech of the utterance under way, began. Unused otherwise. */
    public long onsetStartSample;
    /** Where the last frame of speech ended. Unused unless speaking or with {@link #onsetSamples}. */
    public long speechEndSample;

    /** The utterances that wait for others to share a window with; null if none does. */
    public Pack pack;

    public ChannelSpeech() {}

    /** The state of a channel and epoch before its first chunk. */
    static ChannelSpeech beginningWith(PcmChunk first, SpeechDetector detector) {
        ChannelSpeech speech = new ChannelSpeech();
        speech.channel = first.channel;
        speech.spanIndex = first.startSample;
        speech.spanStartSample = first.startSample;
        speech.heardEndSample = first.startSample;
        speech.remember(detector);
        return speech;
    }

    /** What another kind of detector remembers is of no use to this one. */
    void remember(SpeechDetector detector) {
        if (detectorMemory.length == 0 || detectorMemoryVersion != detector.memoryVersion()) {
            detectorMemory = detector.newMemory();
            detectorMemoryVersion = detector.memoryVersion();
        }
    }
}
