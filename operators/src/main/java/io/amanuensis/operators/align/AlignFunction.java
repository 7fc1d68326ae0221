package io.amanuensis.operators.align;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.element.WindowOutcomes;
import io.amanuensis.operators.engine.EngineFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.read.DeadLetters;
import java.util.List;

/**
 * The outcomes of each decoded window: one for each of its utterances. Words have their times from {@code decode}; windows that are restored from a savepoint of
 * a job that aligned here get them now.
 */
public final class AlignFunction extends EngineFunction<DecodedWindow, WindowOutcomes> {
    private static final long serialVersionUID = 1;

    public AlignFunction(SpeechEngine.Provider provider) {
        super(Uids.ALIGN, provider);
    }

    @Override
    protected List<WindowOutcomes> applyAll(SpeechEngine engine, List<DecodedWindow> batch) {
        return batch.stream().map(window -> outcomes(engine, window)).toList();
    }

    private static WindowOutcomes outcomes(SpeechEngine engine, DecodedWindow window) {
        return WindowOutcomes.of(Unpacking.utterances(window).stream()
                .map(utterance -> outcome(engine, utterance))
                .toList());
    }

    private static WindowOutcome outcome(SpeechEngine engine, DecodedWindow window) {
        if (window.failure() != null) {
            return failed(window, window.failure());
        }
        WindowInfo info = window.encoded().info();
        if (!window.hypothesis().speech()) {
            return WindowOutcome.of(info, WindowOutcome.Kind.NON_SPEECH, Transcripts.withoutWords(window));
        }
        if (window.words() != null) {
            return text(engine, window, window.words(), window.alignMs());
        }
        if (window.encoded().states().length == 0) {
            return WindowOutcome.of(info, WindowOutcome.Kind.TEXT, Transcripts.withoutWords(window));
        }
        long start = System.nanoTime();
        List<AlignedWord> words = engine.align(
                window.encoded().states(),
                window.hypothesis().tokens(),
                info.soundSamples(),
                window.hypothesis().language());
        return text(engine, window, words, (System.nanoTime() - start) / 1e6);
    }

    private static WindowOutcome text(
            SpeechEngine engine, DecodedWindow window, List<AlignedWord> words, double alignMs) {
        return WindowOutcome.of(
                window.encoded().info(),
                WindowOutcome.Kind.TEXT,
                Transcripts.withWords(window, words, engine.alignment(), alignMs));
    }

    @Override
    protected WindowOutcomes failed(SpeechEngine engine, DecodedWindow window, WindowFailure failure) {
        return WindowOutcomes.of(Unpacking.utterances(window).stream()
                .map(utterance -> failed(utterance, failure))
                .toList());
    }

    private static WindowOutcome failed(DecodedWindow window, WindowFailure failure) {
        WindowInfo info = window.encoded().info();
        return WindowOutcome.failed(
                info, DeadLetters.ofWindow(failure.stage(), failure.cause(), failure.message(), info));
    }
}
