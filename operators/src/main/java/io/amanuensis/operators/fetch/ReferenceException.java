package io.amanuensis.operators.fetch;

import io.amanuensis.schemas.DeadLetterCause;

/** A payload that cannot be had; the message is for the producer's engineers. */
final class ReferenceException extends Exception {
    private static final long serialVersionUID = 1;

    private final DeadLetterCause deadLetterCause;

    ReferenceException(DeadLetterCause cause, String message) {
        super(message, null, false, false);
        this.deadLetterCause = cause;
    }

    DeadLetterCause deadLetterCause() {
        return deadLetterCause;
    }
}
