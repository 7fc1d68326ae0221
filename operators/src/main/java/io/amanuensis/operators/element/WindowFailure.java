package io.amanuensis.operators.element;

import io.amanuensis.schemas.DeadLetterCause;

/**
 * Why a window has no text. Travels in band so that {@code assemble} always meets an outcome.
 *
 * @param stage the uid of the stage that gave up
 */
public record WindowFailure(String stage, DeadLetterCause cause, String message) {}
