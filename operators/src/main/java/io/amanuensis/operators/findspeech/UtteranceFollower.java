package io.amanuensis.operators.findspeech;

import static io.amanuensis.operators.findspeech.FindSpeechSettings.samples;

import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.UtteranceSoFar;
import java.util.Arrays;

/**
 * Tells what is said before it has been said: when somebody begins and ceases to speak, and the sound so far at fixed positions
 * of the channel. All of it is a function of the sound alone.
 *
 * <p>Speech begins before there is enough of it for an utterance. Should it become none, speech ends again, and no window follows.
 *
 * <p>Speech ceases with a pause shorter than that which ends an utterance, so that whoever waits for a turn need not wait for the
 * utterance's end. It may go on after it; then it starts again, within the same utterance.
 *
 * <p>A piece of an utterance that has become too long is closed at the quietest point of its last part, and the next begins
 * there.
 */
final class UtteranceFollower implements UtteranceListener {
    /** Certain speech after which somebody is said to speak, without waiting until it is enough for an utterance. */
    private static final int CERTAIN_MS = 40;
    /** Pause that ends speech. */
    private static final int PAUSE_MS = 200;
    /** Speech within an utterance that begins it again; less is a click. */
    private static final int RESUMED_MS = 100;
    /** Last part of a piece in which it may be cut. */
    private static final int CUT_SEARCH_MS = 2000;

    /** Where news and sound go. */
    interface Output {
        void tell(SpeechNews news);

        void handOn(UtteranceSoFar sound);
    }

    private final FollowSettings settings;
    private final int pieceSamples;
    private final Following following;
    private final Output output;
    private boolean changed;

    /** @param windowSamples of the model; no piece is longer */
    UtteranceFollower(FollowSettings settings, int windowSamples, Following following, Output output) {
        this.settings = settings;
        this.pieceSamples = Math.min(windowSamples, samples(settings.maxPieceMs()));
        this.following = following;
        this.output = output;
    }

    Following following() {
        return following;
    }

    /** Whether what was handed in as {@code following} has been written to. */
    boolean changed() {
        return changed;
    }

    @Override
    public void mayBegin(OpenUtterance utterance, double certainSamples) {
        if (!following.speaking && certainSamples >= samples(CERTAIN_MS)) {
            start(utterance, utterance.speechStartSample());
        }
    }

    @Override
    public void didNotBegin(OpenUtterance utterance) {
        if (following.speaking) {
            end(utterance);
        }
    }

    @Override
    public void began(OpenUtterance utterance) {
        changed = true;
        following.utteranceStartSample = utterance.startSample();
        following.pieceStartSample = utterance.startSample();
        if (!following.speaking) {
            start(utterance, utterance.speechStartSample());
        }
    }

    @Override
    public void heard(OpenUtterance utterance, int frameSamples) throws Exception {
        if (following.utteranceStartSample != utterance.startSample()) {
            began(utterance); // in a savepoint of a job that did not follow utterances
        }
        if (following.speaking) {
            if (pauseSamples(utterance) >= samples(PAUSE_MS)) {
                end(utterance);
            }
        } else {
            lookForMore(utterance, frameSamples);
        }
        long end = utterance.heardEndSample();
        long interval = settings.intervalSamples();
        long position = Math.floorDiv(end, interval) * interval;
        if (position > end - frameSamples && position > following.pieceStartSample) {
            handOn(utterance, position);
        }
    }

    /** Where the window was full and speech goes on behind the cut, nobody has ceased to speak. */
    @Override
    public void ended(OpenUtterance utterance, long endSample) {
        if (following.speaking && endSample >= utterance.speechEndSample()) {
            end(utterance);
        }
        forgetResumed();
    }

    private void lookForMore(OpenUtterance utterance, int frameSamples) {
        if (pauseSamples(utterance) == 0) {
            changed = true;
            if (following.resumedSamples == 0) {
                following.resumedStartSample = utterance.heardEndSample() - frameSamples;
            }
            following.resumedSamples += frameSamples;
            if (following.resumedSamples >= samples(RESUMED_MS)) {
                start(utterance, following.resumedStartSample);
            }
        } else if (pauseSamples(utterance) >= samples(PAUSE_MS)) {
            forgetResumed();
        }
    }

    private void forgetResumed() {
        changed |= following.resumedSamples != 0;
        following.resumedSamples = 0;
    }

    private static long pauseSamples(OpenUtterance utterance) {
        return utterance.heardEndSample() - utterance.speechEndSample();
    }

    private void start(OpenUtterance utterance, long speechStartSample) {
        changed = true;
        following.speaking = true;
        tell(SpeechNews.Kind.STARTED, utterance, speechStartSample);
    }

    private void end(OpenUtterance utterance) {
        changed = true;
        following.speaking = false;
        following.resumedSamples = 0;
        tell(SpeechNews.Kind.ENDED, utterance, utterance.speechEndSample());
    }

    private void tell(SpeechNews.Kind kind, OpenUtterance utterance, long speechSample) {
        output.tell(SpeechNews.event(
                kind, utterance.channel(), utterance.startSample(), speechSample, utterance.heardEndSample()));
    }

    private void handOn(OpenUtterance utterance, long position) throws Exception {
        PcmWindow soFar = utterance.soFar();
        long soundStart = utterance.startSample() - soFar.info().contextBeforeSamples;
        while (position - following.pieceStartSample > pieceSamples) {
            long end = following.pieceStartSample + pieceSamples;
            long searched = end - Math.min(samples(CUT_SEARCH_MS), pieceSamples / 2);
            long cut = searched + QuietestPoint.in(part(soFar, searched - soundStart, end - soundStart));
            handOn(utterance, part(soFar, following.pieceStartSample - soundStart, cut - soundStart), true);
            changed = true;
            following.pieceStartSample = cut;
        }
        handOn(utterance, part(soFar, following.pieceStartSample - soundStart, position - soundStart), false);
    }

    private void handOn(OpenUtterance utterance, short[] piece, boolean closing) {
        output.handOn(new UtteranceSoFar(
                utterance.channel(), utterance.startSample(), following.pieceStartSample, closing, piece));
    }

    private static short[] part(PcmWindow sound, long from, long to) {
        return Arrays.copyOfRange(sound.samples(), (int) from, (int) to);
    }
}
