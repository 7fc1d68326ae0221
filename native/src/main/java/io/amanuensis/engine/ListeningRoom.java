package io.amanuensis.engine;

import com.sun.jna.Memory;

/** Native memory of a {@link SpeechNetwork} for what crosses into the library. */
final class ListeningRoom implements AutoCloseable {
    private final Slab samples = new Slab();
    private final Slab memory = new Slab();
    private final Slab probabilities = new Slab();

    Memory samples(short[] source, int count) {
        Memory room = samples.atLeast((long) count * Short.BYTES);
        room.write(0, source, 0, count);
        return room;
    }

    Memory memory(float[] source) {
        Memory room = memory.atLeast((long) source.length * Float.BYTES);
        room.write(0, source, 0, source.length);
        return room;
    }

    Memory probabilities(int frames) {
        return probabilities.atLeast((long) frames * Float.BYTES);
    }

    @Override
    public void close() {
        samples.close();
        memory.close();
        probabilities.close();
    }
}
