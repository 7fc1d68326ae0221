package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.decodeaudio.DecodeAudioFunction;
import io.amanuensis.operators.decodeaudio.DecodeAudioSettings;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.sequence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What an {@link UtteranceFinder} makes of a channel, without Flink: spans, windows, and where each utterance was heard. */
final class Utterances extends RecordedChannel implements UtteranceListener {
    /** Of an utterance, samples. */
    record Heard(long startSample, long speechStartSample, long foundSample, long speechEndSample) {}

    final List<Heard> heard = new ArrayList<>();
    private long foundSample;

    /** The whole of a channel of 16 kHz in chunks of so many samples. */
    static Utterances of(short[] sound, FindSpeechSettings settings, int windowSamples, int chunkSamples)
            throws Exception {
        PcmChunk whole = new PcmChunk();
        whole.channel = Segments.channel("call", 0);
        whole.samples = sound;
        return of(pieces(whole, chunkSamples), settings, windowSamples);
    }

    /** A chunk without a gap in chunks of so many samples. */
    static List<PcmChunk> pieces(PcmChunk whole, int chunkSamples) {
        List<PcmChunk> pieces = new ArrayList<>();
        for (int from = 0; from < whole.samples.length; from += chunkSamples) {
            PcmChunk piece = new PcmChunk();
            piece.channel = whole.channel;
            piece.startSample = whole.startSample + from;
            piece.samples =
                    Arrays.copyOfRange(whole.samples, from, Math.min(whole.samples.length, from + chunkSamples));
            piece.origin = new OffsetRange("audio", 3, from, from);
            pieces.add(piece);
        }
        return pieces;
    }

    /** A channel of the test set at 16 kHz, as decode-audio gives it. */
    static List<PcmChunk> chunks(TestSet.Channel channel) throws Exception {
        try (StageHarness<Segment, PcmChunk> decodeAudio = StageHarness.start(
                new DecodeAudioFunction(DecodeAudioSettings.DEFAULT), Segment::key, Backend.HASHMAP)) {
            Segment segment = Segments.segment(Segments.channel(channel.name(), 0), 0, 0);
            segment.encoding = channel.encoding();
            segment.sampleRateHz = channel.sampleRateHz();
            segment.payload = channel.payload();
            segment.lastOfChannel = true;
            decodeAudio.process(segment);
            return decodeAudio.takeOutput();
        }
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
    public void mayBegin(OpenUtterance utterance, double certainSamples) {}

    @Override
    public void didNotBegin(OpenUtterance utterance) {}

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
