package io.amanuensis.engine;

import com.sun.jna.Memory;

/** A piece of native memory that grows and is used again. */
final class Slab implements AutoCloseable {
    private Memory memory;

    /** What was in it is lost if it has to grow. */
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

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
