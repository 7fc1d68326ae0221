package io.amanuensis.operators.engine;

import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.schemas.DeadLetterCause;

/** What a failed call means for the window it was made for. */
public final class EngineFailures {
    private EngineFailures() {}

    /** @throws EngineException again if no window is to blame: the task fails, and after its restart they are tried once more */
    public static WindowFailure failureOf(String stage, EngineException e) {
        return new WindowFailure(stage, causeOf(e), e.getMessage());
    }

    private static DeadLetterCause causeOf(EngineException e) {
        return switch (e.fault()) {
            case INPUT -> DeadLetterCause.ENGINE_INPUT;
            case STOPPED -> {
                if (e.status() == Status.CANCELLED) {
                    throw e;
                }
                yield DeadLetterCause.ENGINE_DEADLINE;
            }
            case DEVICE -> {
                if (e.status() == Status.MEMORY) {
                    throw e;
                }
                yield DeadLetterCause.ENGINE_DEVICE;
            }
            case LIBRARY -> DeadLetterCause.ENGINE_FAILURE;
            case SETUP -> {
                if (e.status() != Status.OPTION) {
                    throw e;
                }
                yield DeadLetterCause.ENGINE_INPUT; // the one option that comes with the sound is its language
            }
        };
    }
}
