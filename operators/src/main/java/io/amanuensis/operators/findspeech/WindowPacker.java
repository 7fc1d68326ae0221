package io.amanuensis.operators.findspeech;

import static io.amanuensis.operators.findspeech.FindSpeechSettings.samples;

import io.amanuensis.operators.element.PackedUtterance;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets short utterances of one channel share a window: Whisper's encoder takes as long for one second as for a full window. An
 * utterance waits until its window is full or it has waited for so much of the channel's sound. Both are decided at the ends of
 * the detector's frames, so what shares a window is a function of the channel's sound alone.
 *
 * <p>A window with a seam is full, or the rest of a full one: it goes by itself.
 */
final class WindowPacker {
    /** Silence between two utterances, at least: about what ends one. */
    private static final int SILENCE_MS = 500;

    /** A position of the encoder: each utterance begins on one, as it does in a window of its own. */
    private static final int POSITION_SAMPLES = 20 * PcmChunk.SAMPLES_PER_MS;

    /** Takes windows as they are for the model. */
    interface Output {
        void emit(PcmWindow window);
    }

    private final PackingSettings settings;
    private final int windowSamples;
    private final int leastSamples;
    private final ChannelSpeech speech;
    private final Recording.Store store;
    private final Output output;

    /**
     * @param windowSamples longest window
     * @param finding by which utterances are found: a window without room for the shortest need not wait for more
     * @param store of the sound of {@link ChannelSpeech#pack}
     */
    WindowPacker(
            PackingSettings settings,
            int windowSamples,
            FindSpeechSettings finding,
            ChannelSpeech speech,
            Recording.Store store,
            Output output) {
        this.settings = settings;
        this.windowSamples = windowSamples;
        this.leastSamples = samples(finding.paddingBeforeMs() + finding.minSpeechMs() + finding.paddingAfterMs());
        this.speech = speech;
        this.store = store;
        this.output = output;
    }

    /** An utterance has been found. */
    void add(PcmWindow window) throws Exception {
        WindowInfo info = window.info();
        boolean atSeam = info.contextBeforeSamples > 0 || info.contextAfterSamples > 0;
        if (!settings.enabled() || atSeam) {
            close();
            output.emit(window);
            return;
        }
        if (nextOffset() + info.sampleCount > windowSamples) {
            close();
        }
        int offset = nextOffset();
        if (speech.pack == null) {
            speech.pack = new Pack();
        }
        speech.pack.add(info, offset);
        keep(window, offset);
        if (nextOffset() + leastSamples > windowSamples) {
            close();
        }
    }

    /** The channel has been heard up to this sample, and what is said from here on is not yet known. */
    void heard(long endSample) throws Exception {
        if (speech.pack != null
                && (!settings.enabled()
                        || endSample - speech.pack.waitingSinceSample() >= samples(settings.maxWaitMs()))) {
            close();
        }
    }

    /** Nothing follows that what waits could wait for. */
    void close() throws Exception {
        Pack pack = speech.pack;
        if (pack == null) {
            return;
        }
        Recording recording = new Recording(store, pack.stored);
        Recording.Excerpt sound = recording.excerpt(0, pack.endSample());
        recording.dropBefore(pack.endSample());
        speech.pack = null;
        output.emit(new PcmWindow(info(pack, sound), sound.samples()));
    }

    private static WindowInfo info(Pack pack, Recording.Excerpt sound) {
        if (pack.utterances.length == 1) {
            return pack.utterances[0];
        }
        List<PackedUtterance> packed = new ArrayList<>();
        for (int i = 0; i < pack.utterances.length; i++) {
            packed.add(new PackedUtterance(pack.utterances[i], pack.offsetSamples[i]));
        }
        return WindowInfo.ofPacked(packed, sound.samples().length, sound.origin());
    }

    private int nextOffset() {
        if (speech.pack == null) {
            return 0;
        }
        int least = speech.pack.endSample() + samples(SILENCE_MS);
        return -Math.floorDiv(-least, POSITION_SAMPLES) * POSITION_SAMPLES;
    }

    private void keep(PcmWindow window, int offset) throws Exception {
        PcmChunk sound = new PcmChunk();
        sound.startSample = offset;
        sound.samples = window.samples();
        sound.origin = window.info().origin;
        new Recording(store, speech.pack.stored).append(sound);
    }
}
