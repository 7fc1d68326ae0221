package io.amanuensis.operators.microbatch;

import java.io.Serializable;

/**
 * How much an {@link InFlightOperator} holds between arrival and emission.
 *
 * @param elements with one more the operator waits
 * @param bytes of the elements as they go into checkpoints; with more than these the operator waits, unless it is a single
 *     element
 */
public record InFlightBounds(int elements, long bytes) implements Serializable {

    public InFlightBounds {
        if (elements < 1) {
            throw new IllegalArgumentException("elements is " + elements + ", must be at least 1");
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes is " + bytes + ", must be at least 1");
        }
    }
}
