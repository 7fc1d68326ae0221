package io.amanuensis.operators.align;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.engine.EngineFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.read.DeadLetters;
import java.util.List;

/**
 * The outcome of each decoded window. Words have their times from {@code decode}; windows that are restored from a savepoint of
 * a job that aligned here get them now.
 */
public final class AlignFunction extends EngineFunction<DecodedWindow, WindowOutcome> {
    private static final long serialVersionUID = 1;

    public AlignFunction(SpeechEngine.Provider provider) {
        super(Uids.ALIGN, provider);
    }

    @Override
    protected List<WindowOutcome> applyAll(SpeechEngine engine, List<DecodedWindow> batch) {
        return batch.stream().map(window -> outcome(engine, window)).toList();
    }

    private WindowOutcome outcome(SpeechEngine engine, DecodedWindow window) {
        if (window.failure() != null) {
            return failed(engine, window, window.failure());
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
    protected WindowOutcome failed(SpeechEngine engine, DecodedWindow window, WindowFailure failure) {
        WindowInfo info = window.encoded().info();
        return WindowOutcome.failed(
                info, DeadLetters.ofWindow(failure.stage(), failure.cause(), failure.message(), info));
    }
}
