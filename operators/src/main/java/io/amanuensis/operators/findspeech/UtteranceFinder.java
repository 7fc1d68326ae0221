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
 * <p>Every decision falls at the end of a frame, and frames lie on the call's clock; so the spans depend on the sound alone, not on
 * how it was cut into chunks, and not on how much of it was lost before.
 */
final class UtteranceFinder {
    /** Where spans and windows go: each SPEECH span, then its window. */
    interface Output {
        void announce(Span span);

        void emit(PcmWindow window) throws Exception;

        /** The sound before this sample is about to be judged; what is decided from here on comes later on the channel's clock. */
        default void judging(long endSample) throws Exception {}
    }

    private final FindSpeechSettings settings;
    private final SpeechDetector detector;
    private final int windowSamples;
    private final ChannelSpeech speech;
    private final Recording recording;
    private final Output output;
    private final UtteranceListener listener;
    private final OpenUtterance open = new Open();
    private final int seamContextSamples;
    private long judgedEndSample;

    /**
     * @param windowSamples longest window
     * @param wordTimes whether words will have times: without them nobody can tell which words of two windows are the same, and no
     *     window hears of its neighbour
     */
    UtteranceFinder(
            FindSpeechSettings settings,
            int windowSamples,
            boolean wordTimes,
            ChannelSpeech speech,
            Recording.Store store,
            Output output,
            UtteranceListener listener) {
        this.settings = settings;
        this.detector = settings.detector();
        this.windowSamples = windowSamples;
        this.seamContextSamples = wordTimes ? samples(settings.seamContextMs()) : 0;
        this.speech = speech;
        this.recording = new Recording(store, speech.stored);
        this.output = output;
        this.listener = listener;
        speech.remember(detector);
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
        judgedEndSample = speech.heardEndSample;
        if (speech.partialFrame.length > 0) {
            short[] frame = speech.partialFrame;
            speech.partialFrame = new short[0];
            judgeFrames(frame, frame.length, speech.heardEndSample - frame.length);
        }
        if (speech.speaking) {
            endUtterance(speech.heardEndSample);
        }
        forgetOnset();
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
        int before = speech.partialFrame.length;
        short[] samples = Arrays.copyOf(speech.partialFrame, before + chunk.samples.length);
        System.arraycopy(chunk.samples, 0, samples, before, chunk.samples.length);
        long startSample = speech.heardEndSample - before;
        int first = firstFrameSamples(startSample, before);
        int judged = 0;
        if (first < detector.frameSamples() && first <= samples.length) {
            judgeFrames(samples, first, startSample);
            judged = first;
        }
        short[] rest = judged == 0 ? samples : Arrays.copyOfRange(samples, judged, samples.length);
        int whole = samples.length < first ? 0 : rest.length - rest.length % detector.frameSamples();
        if (whole > 0) {
            judgeFrames(rest, whole, startSample + judged);
        }
        speech.heardEndSample += chunk.samples.length;
        speech.partialFrame = Arrays.copyOfRange(rest, whole, rest.length);
    }

    /**
     * Length of the frame that begins at a sample: the first of a channel or behind a gap ends where whole ones do.
     *
     * @param filled samples of it that are there, in state of a job that counted frames from the first sample maybe more
     */
    private int firstFrameSamples(long startSample, int filled) {
        int whole = detector.frameSamples();
        int left = whole - (int) Math.floorMod(startSample, (long) whole);
        return left > filled ? left : whole;
    }

    private void judgeFrames(short[] samples, int count, long startSample) throws Exception {
        float[] certainties = detector.certainties(samples, count, speech.detectorMemory);
        for (int i = 0; i < certainties.length; i++) {
            int from = i * detector.frameSamples();
            int to = Math.min(count, from + detector.frameSamples());
            judgeFrame(certainties[i], to - from, startSample + to);
        }
    }

    private void judgeFrame(float certainty, int count, long endSample) throws Exception {
        judgedEndSample = endSample;
        output.judging(endSample);
        if (speech.speaking) {
            goOn(certainty, count, endSample);
            speech.speechSamples += certainty >= SpeechDetector.GOES_ON && speech.speaking ? count : 0;
        } else {
            lookForOnset(certainty, count, endSample);
        }
        if (speech.speaking) {
            listener.heard(open, count);
        }
    }

    private void lookForOnset(float certainty, int count, long endSample) throws Exception {
        if (speech.onsetSamples > 0 && endSample - speech.onsetStartSample > settings.longestOnsetSamples()) {
            forgetOnset();
        }
        if (certainty > SpeechDetector.GOES_ON) {
            if (speech.onsetSamples == 0) {
                speech.onsetStartSample = endSample - count;
                speech.onsetCertainSamples = 0;
            }
            speech.onsetSamples += count;
            speech.onsetCertainSamples += certainty * count;
            speech.speechEndSample = endSample;
            listener.mayBegin(open, speech.onsetCertainSamples);
        } else if (endSample - speech.speechEndSample > samples(settings.maxDipMs())) {
            forgetOnset();
        }
        long quietEnd = speech.onsetSamples > 0 ? speech.onsetStartSample : endSample;
        announceNonSpeechUpTo(quietEnd - samples(settings.paddingBeforeMs()));
        if (speech.onsetSamples > 0 && speech.onsetCertainSamples >= samples(settings.minSpeechMs())) {
            beginUtterance();
        }
    }

    private void forgetOnset() throws Exception {
        if (speech.onsetSamples > 0) {
            listener.didNotBegin(open);
            speech.onsetSamples = 0;
        }
    }

    private void beginUtterance() throws Exception {
        long startSample = open.startSample();
        if (speech.spanStartSample < startSample) {
            announce(Span.Kind.NON_SPEECH, startSample);
        }
        speech.speaking = true;
        speech.speechSamples = speech.onsetSamples;
        speech.onsetSamples = 0;
        speech.continuesSeam = false;
        listener.began(open);
    }

    private void goOn(float certainty, int count, long endSample) throws Exception {
        if (endSample - soundStartSample() > windowSamples) {
            cut(endSample - count);
        }
        if (!speech.speaking) {
            lookForOnset(certainty, count, endSample);
        } else if (certainty >= SpeechDetector.GOES_ON) {
            speech.speechEndSample = endSample;
        } else if (endSample - speech.speechEndSample >= silenceNeeded(endSample)) {
            endUtterance(endSample);
        }
    }

    /** The fuller the window, the shorter the pause that is good enough. */
    private long silenceNeeded(long endSample) {
        double filled = (double) (endSample - soundStartSample()) / windowSamples;
        double ms = settings.minSilenceMs() + filled * (settings.minSilenceFullMs() - settings.minSilenceMs());
        return (long) (ms * PcmChunk.SAMPLES_PER_MS);
    }

    private void endUtterance(long heardEndSample) throws Exception {
        emitWindow(Math.min(heardEndSample, speech.speechEndSample + samples(settings.paddingAfterMs())), 0);
        speech.speaking = false;
        speech.speechSamples = 0;
    }

    /**
     * Nobody pauses: the window ends at the quietest point of its last part. If somebody speaks behind that point, this window and the
     * next both hear some of the sound on the other side, so that no word is heard in part only.
     */
    private void cut(long heardEndSample) throws Exception {
        long from =
                Math.max(speech.spanStartSample + windowSamples / 2, heardEndSample - samples(settings.cutSearchMs()));
        // Room for the sound behind the seam, unless a pause has just begun.
        boolean pausing = speech.speechEndSample < heardEndSample;
        long to = pausing ? heardEndSample : Math.max(from + 1, heardEndSample - seamContextSamples);
        long seam = from + QuietestPoint.in(recording.excerpt(from, to).samples());
        boolean goesOn = seam < speech.speechEndSample;
        // Behind the seam nobody has paused, or the window would have ended.
        int speechBehind = (int) Math.min(speech.speechSamples, Math.max(0, speech.speechEndSample - seam));
        speech.speechSamples -= speechBehind;
        emitWindow(seam, goesOn ? (int) Math.min(seamContextSamples, heardEndSample - seam) : 0);
        speech.speaking = goesOn;
        speech.speechSamples = speechBehind;
        if (goesOn) {
            speech.onsetStartSample = seam;
            speech.continuesSeam = true;
            listener.began(open);
        }
    }

    /** Where the sound of the open utterance's window begins. */
    private long soundStartSample() {
        return speech.spanStartSample - contextBeforeSamples();
    }

    private int contextBeforeSamples() {
        return speech.continuesSeam ? seamContextSamples : 0;
    }

    /** @param contextSamples of the sound behind it that the window holds too, and the next one of the sound before */
    private void emitWindow(long endSample, int contextSamples) throws Exception {
        listener.ended(open, endSample);
        PcmWindow window = window(endSample, contextSamples);
        announce(Span.Kind.SPEECH, endSample);
        output.emit(window);
        recording.dropBefore(endSample - (contextSamples > 0 ? seamContextSamples : 0));
    }

    private PcmWindow window(long endSample, int contextAfterSamples) throws Exception {
        Recording.Excerpt excerpt = recording.excerpt(soundStartSample(), endSample + contextAfterSamples);
        int count = (int) (endSample - speech.spanStartSample);
        WindowInfo info = new WindowInfo(
                speech.channel,
                speech.spanIndex,
                speech.spanStartSample,
                count,
                Math.min(count, speech.speechSamples),
                excerpt.origin());
        info.contextBeforeSamples = contextBeforeSamples();
        info.contextAfterSamples = contextAfterSamples;
        return new PcmWindow(info, excerpt.samples());
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

        /** What might be silence before it has not been announced yet. */
        @Override
        public long startSample() {
            long start = speech.spanStartSample;
            return speech.speaking
                    ? start
                    : Math.max(start, speech.onsetStartSample - samples(settings.paddingBeforeMs()));
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
            return window(judgedEndSample, 0);
        }
    }
}
