package io.amanuensis.operators.element;

import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.SuppressedReason;
import io.amanuensis.schemas.Transcript;

/**
 * How an utterance ended: the output of {@code unpack} and {@code guard}. Every one that {@code find-speech} announced
 * ends as exactly one of these, in band, so that the account of a call can be closed.
 */
public final class WindowOutcome {
    /** How a window ended. */
    public enum Kind {
        /** {@link #transcript} is to be published. */
        TEXT,
        /** The model or the guard holds that nobody speaks; {@link #transcript} is the evidence. */
        NON_SPEECH,
        /** {@link #deadLetter} says why. */
        FAILED
    }

    public WindowInfo info;
    public Kind kind;
    /** Null if FAILED. */
    public Transcript transcript;
    /** Null unless FAILED. */
    public DeadLetter deadLetter;
    /** Why the guard took text for something that nobody said; null if it did not. */
    public SuppressedReason suppressedReason;

    public WindowOutcome() {}

    public static WindowOutcome of(WindowInfo info, Kind kind, Transcript transcript) {
        WindowOutcome outcome = new WindowOutcome();
        outcome.info = info;
        outcome.kind = kind;
        outcome.transcript = transcript;
        return outcome;
    }

    public static WindowOutcome failed(WindowInfo info, DeadLetter deadLetter) {
        WindowOutcome outcome = new WindowOutcome();
        outcome.info = info;
        outcome.kind = Kind.FAILED;
        outcome.deadLetter = deadLetter;
        return outcome;
    }

    /** Of NON_SPEECH: whether it was the model that heard nobody, and not the guard that knew better. */
    public boolean isSilentToModel() {
        return suppressedReason == null || suppressedReason == SuppressedReason.NO_SPEECH;
    }

    public CallKey callKey() {
        return info.channel.callKey();
    }
}
