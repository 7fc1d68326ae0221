package io.amanuensis.operators.account;

import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.schemas.ChannelRole;

/**
 * The ledger of one channel of a call: keyed state. All epochs are added up; a channel that fell silent and came back has several
 * runs, and what lies between them is a gap. All sums are in samples at 16 kHz.
 *
 * <p>Two sides that know nothing of one another: what {@code decode-audio} counted, and what became of the spans.
 */
public final class ChannelTotals {
    public int channel;
    public ChannelRole role;

    /** Runs begun and ended by {@code decode-audio}. */
    public int begun;

    public int counted;
    public long receivedSamples;
    public long missingSamples;
    public long refusedSamples;
    public Stretches countedRuns = new Stretches();
    /** Of the earliest run: segments missing before it, and how long a segment is. */
    public long leadSegments;

    public long leadSegmentSamples;

    /** Runs whose last span is settled. */
    public int ended;

    public long textSamples;
    public long silentToDetectorSamples;
    public long silentToModelSamples;
    public long suppressedSamples;
    public long gapSamples;
    public long deadLetterSamples;
    public Stretches settledRuns = new Stretches();
    public Stretches gaps = new Stretches();
    public Stretches deadLetters = new Stretches();

    public int turns;
    public int words;

    public ChannelTotals() {}

    ChannelTotals(int channel) {
        this.channel = channel;
        this.role = ChannelRole.UNKNOWN;
    }

    void add(CountedSound sound) {
        if (sound.kind == CountedSound.Kind.BEGUN) {
            begun++;
            return;
        }
        if (sound.kind == CountedSound.Kind.ENDED) {
            counted++;
        }
        receivedSamples += sound.receivedSamples;
        missingSamples += sound.missingSamples;
        refusedSamples += sound.refusedSamples;
        if (countedRuns.isEmpty() || sound.startSample < countedRuns.start()) {
            leadSegments = sound.missingSegments;
            leadSegmentSamples = sound.segmentSamples;
        }
        countedRuns.add(sound.startSample, sound.endSample);
    }

    void add(SettledSpan span) {
        long samples = span.endSample - span.startSample;
        settledRuns.add(span.startSample, span.endSample);
        switch (span.kind) {
            case TEXT -> {
                textSamples += samples;
                turns += span.turn == null ? 0 : 1;
                words += span.turn == null ? 0 : span.turn.words;
            }
            case SILENT_TO_DETECTOR -> silentToDetectorSamples += samples;
            case SILENT_TO_MODEL -> silentToModelSamples += samples;
            case SUPPRESSED -> suppressedSamples += samples;
            case GAP -> {
                gapSamples += samples;
                gaps.add(span.startSample, span.endSample);
            }
            case DEAD_LETTER -> {
                deadLetterSamples += samples;
                deadLetters.add(span.startSample, span.endSample);
            }
            case END -> ended++;
        }
    }

    /** How a replayed span stands to what is known. */
    enum Amendment {
        /** It was a dead letter and is none any more. */
        MADE,
        /** Its dead letter is still to come. */
        EARLY,
        /** It is no dead letter: it has been amended before, or the stretch was not kept. */
        NONE
    }

    /** @param span replayed */
    Amendment amend(SettledSpan span) {
        if (!deadLetters.covers(span.startSample, span.endSample)) {
            return settledRuns.covers(span.startSample, span.endSample) ? Amendment.NONE : Amendment.EARLY;
        }
        deadLetters.remove(span.startSample, span.endSample);
        deadLetterSamples -= span.endSample - span.startSample;
        add(span);
        return Amendment.MADE;
    }

    /** Both sides have ended as many runs as have begun. Runs begun before a job lost its state were not announced. */
    boolean hasEnded() {
        return ended > 0 && ended == counted && counted >= begun;
    }

    /** How much the channel's first segments would have been, had they come; they cannot reach back before the call. */
    long leadSamples() {
        return countedRuns.isEmpty() ? 0 : Math.min(leadSegments * leadSegmentSamples, countedRuns.start());
    }

    long nonSpeechSamples() {
        return silentToDetectorSamples + silentToModelSamples + suppressedSamples;
    }

    /** Of the spans, and what lies between and before them. */
    long allGapSamples() {
        return gapSamples + settledRuns.between().total() + leadSamples();
    }

    /** The stretches of {@link #allGapSamples}, as far as they are kept. */
    Stretches allGaps() {
        Stretches all = new Stretches();
        all.addAll(gaps);
        all.addAll(settledRuns.between());
        if (!settledRuns.isEmpty()) {
            all.add(settledRuns.start() - leadSamples(), settledRuns.start());
        }
        return all;
    }

    /** The channel as {@code decode-audio} counted it. */
    long lengthSamples() {
        return receivedSamples
                + missingSamples
                + refusedSamples
                + countedRuns.between().total()
                + leadSamples();
    }

    /** What the ledger holds, less the length: 0 if no sound was forgotten and none was made up. */
    long differenceSamples() {
        return textSamples + nonSpeechSamples() + allGapSamples() + deadLetterSamples - lengthSamples();
    }
}
