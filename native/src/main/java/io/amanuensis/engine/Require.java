package io.amanuensis.engine;

import java.util.List;
import java.util.function.ToIntFunction;

/** Checks of what callers pass, with the status that the library gives to faults of the input. */
final class Require {
    private Require() {}

    static void window(short[] samples, int offset, int count, int windowSamples) {
        if (count < 1 || count > windowSamples) {
            throw fault("count is %d samples; legal are 1 to %d, the model's window".formatted(count, windowSamples));
        }
        if (offset < 0 || offset > samples.length - count) {
            throw fault("samples %d to %d are not all within the array of %d"
                    .formatted(offset, (long) offset + count - 1, samples.length));
        }
    }

    static void length(String name, int length, int expected) {
        if (length != expected) {
            throw fault("%s has %d elements; the model needs %d".formatted(name, length, expected));
        }
    }

    static <T> void batch(String name, List<T> windows, int most, ToIntFunction<T> lengthOf, int expected) {
        if (windows.isEmpty() || windows.size() > most) {
            throw fault("%s has %d windows; legal are 1 to %d".formatted(name, windows.size(), most));
        }
        for (int window = 0; window < windows.size(); window++) {
            T array = windows.get(window);
            if (array == null) {
                throw fault("%s, window %d: null".formatted(name, window));
            }
            length("%s, window %d,".formatted(name, window), lengthOf.applyAsInt(array), expected);
        }
    }

    /** @return how many positions they have */
    static int states(byte[] states, int positionBytes, int mostPositions) {
        if (states.length == 0 || states.length % positionBytes != 0 || states.length / positionBytes > mostPositions) {
            throw fault("states are %d bytes; the model needs 1 to %d positions of %d bytes"
                    .formatted(states.length, mostPositions, positionBytes));
        }
        return states.length / positionBytes;
    }

    private static EngineException fault(String message) {
        return new EngineException(Status.ARGUMENT, message);
    }
}
