package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.sequence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an {@link UtteranceFinder} makes of a channel, without Flink: spans, windows, and where each utterance was heard. */
final class Utterances implements UtteranceFinder.Output, Recording.Store, UtteranceListener {
    /** Of an utterance, samples. */
    record Heard(long startSample, long speechStartSample, long foundSample, long speechEndSample) {}

    final List<Span> spans = new ArrayList<>();
    final List<PcmWindow> windows = new ArrayList<>();
    final List<Heard> heard = new ArrayList<>();
    private final Map<Long, StoredChunk> chunks = new HashMap<>();
    private long foundSample;

    /** The whole of a channel of 16 kHz in chunks of so many samples. */
    static Utterances of(short[] sound, FindSpeechSettings settings, int windowSamples, int chunkSamples)
            throws Exception {
        List<PcmChunk> chunks = new ArrayList<>();
        for (int from = 0; from < sound.length; from += chunkSamples) {
            PcmChunk chunk = new PcmChunk();
            chunk.channel = Segments.channel("call", 0);
            chunk.startSample = from;
            chunk.samples = Arrays.copyOfRange(sound, from, Math.min(sound.length, from + chunkSamples));
            chunk.origin = new OffsetRange("audio", 3, from, from);
            chunks.add(chunk);
        }
        return of(chunks, settings, windowSamples);
    }

    /** The whole of a channel, with an object of its own for each chunk, as in the stage. */
    static Utterances of(List<PcmChunk> chunks, FindSpeechSettings settings, int windowSamples) throws Exception {
        Utterances utterances = new Utterances();
        ChannelSpeech speech = ChannelSpeech.beginningWith(chunks.get(0), settings.detector());
        for (PcmChunk chunk : chunks) {
            utterances.finder(settings, windowSamples, speech).accept(chunk);
        }
        utterances.finder(settings, windowSamples, speech).end();
        return utterances;
    }

    private UtteranceFinder finder(FindSpeechSettings settings, int windowSamples, ChannelSpeech speech) {
        return new UtteranceFinder(settings, windowSamples, true, speech, this, this, this);
    }

    @Override
    public void announce(Span span) {
        spans.add(span);
    }

    @Override
    public void emit(PcmWindow window) {
        windows.add(window);
    }

    @Override
    public void put(long number, StoredChunk chunk) {
        chunks.put(number, chunk);
    }

    @Override
    public StoredChunk get(long number) {
        return chunks.get(number);
    }

    @Override
    public void remove(long number) {
        chunks.remove(number);
    }

    @Override
    public void began(OpenUtterance utterance) {
        foundSample = utterance.heardEndSample();
    }

    @Override
    public void heard(OpenUtterance utterance, int frameSamples) {}

    @Override
    public void ended(OpenUtterance utterance, long endSample) {
        heard.add(new Heard(
                utterance.startSample(), utterance.speechStartSample(), foundSample, utterance.speechEndSample()));
    }
}
