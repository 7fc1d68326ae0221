package io.amanuensis.engine;

import com.sun.jna.Memory;

/** Native memory of a session for what crosses into the library: it grows to the largest batch and is used again. */
final class Scratch implements AutoCloseable {
    private final Slab samples = new Slab();
    private final Slab mel = new Slab();
    private final Slab states = new Slab();

    Memory samples(long count) {
        return samples.atLeast(count * Short.BYTES);
    }

    Memory mel(long count) {
        return mel.atLeast(count * Float.BYTES);
    }

    Memory states(long bytes) {
        return states.atLeast(bytes);
    }

    long bytes() {
        return samples.bytes() + mel.bytes() + states.bytes();
    }

    @Override
    public void close() {
        samples.close();
        mel.close();
        states.close();
    }

    private static final class Slab {
        private Memory memory;

        Memory atLeast(long bytes) {
            if (bytes() < bytes) {
                close();
                try {
                    memory = new Memory(bytes);
                } catch (OutOfMemoryError e) {
                    // JNA's way to say that malloc returned null; the Java heap is as it was.
                    throw new EngineException(Status.MEMORY, "Cannot allocate " + bytes + " bytes of native scratch", e);
                }
            }
            return memory;
        }

        long bytes() {
            return memory == null ? 0 : memory.size();
        }

        void close() {
            if (memory != null) {
                memory.close();
                memory = null;
            }
        }
    }
}
