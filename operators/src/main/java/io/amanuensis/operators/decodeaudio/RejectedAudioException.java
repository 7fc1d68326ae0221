package io.amanuensis.operators.decodeaudio;

import io.amanuensis.schemas.DeadLetterCause;

/** A payload that holds no usable sound, and why, in words for the producer's engineers. */
final class RejectedAudioException extends Exception {
    private static final long serialVersionUID = 1;

    private final DeadLetterCause deadLetterCause;

    RejectedAudioException(DeadLetterCause cause, String message) {
        super(message, null, false, false);
        this.deadLetterCause = cause;
    }

    DeadLetterCause deadLetterCause() {
        return deadLetterCause;
    }
}
