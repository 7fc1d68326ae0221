package io.amanuensis.operators.findspeech;

import static io.amanuensis.operators.findspeech.FindSpeechSettings.samples;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.WindowInfo;
import java.util.Arrays;

/**
 * Cuts the sound of one channel into spans that follow one another without holes: windows of speech, each with some silence
 * around it and none longer than the model's window, and what lies between them.
 *
 * <p>Every decision falls at the end of a frame, and frames are counted from the first sample of the channel or behind a gap,
 * so the spans depend on the sound alone and not on how it was cut into chunks.
 */
final class UtteranceFinder {
    /** Where spans and windows go: each SPEECH span, then its window. */
    interface Output {
        void announce(Span span);

        void emit(PcmWindow window);
    }

    private final FindSpeechSettings settings;
    private final SpeechDetector detector;
    private final int windowSamples;
    private final ChannelSpeech speech;
    private final Recording recording;
    private final Output output;
    private final UtteranceListener listener;
    private final OpenUtterance open = new Open();
    private long judgedEndSample;

    /** @param windowSamples longest window */
    UtteranceFinder(
            FindSpeechSettings settings,
            SpeechDetector detector,
            int windowSamples,
            ChannelSpeech speech,
            Recording.Store store,
            Output output,
            UtteranceListener listener) {
        this.settings = settings;
        this.detector = detector;
        this.windowSamples = windowSamples;
        this.speech = speech;
        this.recording = new Recording(store, speech.stored);
        this.output = output;
        this.listener = listener;
    }

    void accept(PcmChunk chunk) throws Exception {
        if (chunk.startSample != speech.heardEndSample) {
            throw new IllegalStateException("%s: a chunk begins at sample %d, the one before ended at %d"
                    .formatted(chunk.channel, chunk.startSample, speech.heardEndSample));
        }
        if (chunk.samples.length > 0) {
            recording.append(chunk);
            judge(chunk);
        }
        if (chunk.gapSamples > 0) {
            flush();
            speech.heardEndSample += chunk.gapSamples;
            announce(chunk.refused ? Span.Kind.REFUSED : Span.Kind.GAP, speech.heardEndSample);
            recording.dropBefore(speech.heardEndSample);
        }
    }

    /** Judges what is left: the end of the input, a gap, or the end of the channel. */
    void flush() throws Exception {
        if (speech.partialFrame.length > 0) {
            short[] frame = speech.partialFrame;
            speech.partialFrame = new short[0];
            judgeFrame(frame, frame.length, speech.heardEndSample);
        }
        if (speech.speaking) {
            endUtterance(speech.heardEndSample);
        }
        speech.onsetSamples = 0;
        announceNonSpeechUpTo(speech.heardEndSample);
        if (speech.spanStartSample < speech.heardEndSample) {
            announce(Span.Kind.NON_SPEECH, speech.heardEndSample);
        }
        recording.dropBefore(speech.heardEndSample);
    }

    /** Nothing of this channel and epoch follows. */
    void end() throws Exception {
        flush();
        announce(Span.Kind.END, speech.spanStartSample);
    }

    private void judge(PcmChunk chunk) throws Exception {
        int frameSamples = detector.frameSamples();
        short[] frame = new short[frameSamples];
        int filled = speech.partialFrame.length;
        System.arraycopy(speech.partialFrame, 0, frame, 0, filled);
        long endSample = speech.heardEndSample;
        for (int from = 0; from < chunk.samples.length; ) {
            int count = Math.min(frameSamples - filled, chunk.samples.length - from);
            System.arraycopy(chunk.samples, from, frame, filled, count);
            filled += count;
            from += count;
            endSample += count;
            if (filled == frameSamples) {
                judgeFrame(frame, filled, endSample);
                filled = 0;
            }
        }
        speech.heardEndSample = endSample;
        speech.partialFrame = Arrays.copyOf(frame, filled);
    }

    private void judgeFrame(short[] frame, int count, long endSample) throws Exception {
        judgedEndSample = endSample;
        boolean speechHeard = detector.hearsSpeech(frame, count, speech.detectorMemory, speech.speaking);
        if (speech.speaking) {
            goOn(speechHeard, count, endSample);
        } else {
            lookForOnset(speechHeard, count, endSample);
        }
        if (speech.speaking) {
            listener.heard(open, count);
        }
    }

    private void lookForOnset(boolean speechHeard, int count, long endSample) throws Exception {
        if (speechHeard) {
            if (speech.onsetSamples == 0) {
                speech.onsetStartSample = endSample - count;
            }
            speech.onsetSamples += count;
            speech.speechEndSample = endSample;
        } else if (endSample - speech.speechEndSample > samples(settings.maxDipMs())) {
            speech.onsetSamples = 0;
        }
        long quietEnd = speech.onsetSamples > 0 ? speech.onsetStartSample : endSample;
        announceNonSpeechUpTo(quietEnd - samples(settings.paddingBeforeMs()));
        if (speech.onsetSamples >= samples(settings.minSpeechMs())) {
            beginUtterance();
        }
    }

    private void beginUtterance() throws Exception {
        long startSample =
                Math.max(speech.spanStartSample, speech.onsetStartSample - samples(settings.paddingBeforeMs()));
        if (speech.spanStartSample < startSample) {
            announce(Span.Kind.NON_SPEECH, startSample);
        }
        speech.speaking = true;
        speech.onsetSamples = 0;
        speech.continuesSeam = false;
        listener.began(open);
    }

    private void goOn(boolean speechHeard, int count, long endSample) throws Exception {
        if (endSample - speech.spanStartSample > windowSamples) {
            cut(endSample - count);
        }
        if (!speech.speaking) {
            lookForOnset(speechHeard, count, endSample);
        } else if (speechHeard) {
            speech.speechEndSample = endSample;
        } else if (endSample - speech.speechEndSample >= silenceNeeded(endSample)) {
            endUtterance(endSample);
        }
    }

    /** The fuller the window, the shorter the pause that is good enough. */
    private long silenceNeeded(long endSample) {
        double filled = (double) (endSample - speech.spanStartSample) / windowSamples;
        double ms = settings.minSilenceMs() + filled * (settings.minSilenceFullMs() - settings.minSilenceMs());
        return (long) (ms * PcmChunk.SAMPLES_PER_MS);
    }

    private void endUtterance(long heardEndSample) throws Exception {
        emitWindow(Math.min(heardEndSample, speech.speechEndSample + samples(settings.paddingAfterMs())));
        speech.speaking = false;
    }

    /** Nobody pauses: the window ends at the quietest point of its last part. */
    private void cut(long heardEndSample) throws Exception {
        long from =
                Math.max(speech.spanStartSample + windowSamples / 2, heardEndSample - samples(settings.cutSearchMs()));
        short[] tail = recording.excerpt(from, heardEndSample).samples();
        emitWindow(from + QuietestPoint.in(tail));
        speech.speaking = speech.spanStartSample < speech.speechEndSample;
        if (speech.speaking) {
            speech.onsetStartSample = speech.spanStartSample;
            speech.continuesSeam = true;
            listener.began(open);
        }
    }

    private void emitWindow(long endSample) throws Exception {
        listener.ended(open, endSample);
        PcmWindow window = window(endSample);
        announce(Span.Kind.SPEECH, endSample);
        output.emit(window);
        recording.dropBefore(endSample);
    }

    private PcmWindow window(long endSample) throws Exception {
        Recording.Excerpt excerpt = recording.excerpt(speech.spanStartSample, endSample);
        short[] samples = excerpt.samples();
        return new PcmWindow(
                new WindowInfo(
                        speech.channel, speech.spanIndex, speech.spanStartSample, samples.length, excerpt.origin()),
                samples);
    }

    private void announceNonSpeechUpTo(long sample) throws Exception {
        while (sample - speech.spanStartSample >= samples(settings.maxNonSpeechMs())) {
            announce(Span.Kind.NON_SPEECH, speech.spanStartSample + samples(settings.maxNonSpeechMs()));
        }
        recording.dropBefore(sample);
    }

    private void announce(Span.Kind kind, long endSample) {
        output.announce(new Span(speech.channel, speech.spanIndex++, kind, speech.spanStartSample, endSample));
        speech.spanStartSample = endSample;
    }

    private final class Open implements OpenUtterance {
        @Override
        public CallChannel channel() {
            return speech.channel;
        }

        @Override
        public long index() {
            return speech.spanIndex;
        }

        @Override
        public long startSample() {
            return speech.spanStartSample;
        }

        @Override
        public long speechStartSample() {
            return speech.onsetStartSample;
        }

        @Override
        public long speechEndSample() {
            return speech.speechEndSample;
        }

        @Override
        public long heardEndSample() {
            return judgedEndSample;
        }

        @Override
        public boolean continuesSeam() {
            return speech.continuesSeam;
        }

        @Override
        public PcmWindow soFar() throws Exception {
            return window(judgedEndSample);
        }
    }
}
