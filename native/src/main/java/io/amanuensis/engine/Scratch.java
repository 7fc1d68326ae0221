package io.amanuensis.engine;

import com.sun.jna.Memory;
import java.util.ArrayList;
import java.util.List;

/** Native memory of a session for what crosses into the library: it grows to the largest batch and is used again. */
final class Scratch implements AutoCloseable {
    private final Slab samples = new Slab();
    private final Slab mels = new Slab();
    private final Slab states = new Slab();

    /** Room for a full window, with these samples at its start. */
    Memory samples(short[] source, int offset, int count, int windowSamples) {
        Memory memory = samples.atLeast((long) windowSamples * Short.BYTES);
        memory.write(0, source, offset, count);
        return memory;
    }

    /** Room for one log-mel. */
    Memory mel(int length) {
        return mels.atLeast((long) length * Float.BYTES);
    }

    /** Log-mels of equal length, one after the other. */
    Memory mels(List<float[]> source) {
        int length = source.get(0).length;
        Memory memory = mels.atLeast((long) source.size() * length * Float.BYTES);
        for (int window = 0; window < source.size(); window++) {
            memory.write((long) window * length * Float.BYTES, source.get(window), 0, length);
        }
        return memory;
    }

    /** Room for the states of a batch. */
    Memory states(int windows, int stateBytes) {
        return states.atLeast((long) windows * stateBytes);
    }

    /** States of equal length, one after the other. */
    Memory states(List<byte[]> source) {
        int length = source.get(0).length;
        Memory memory = states(source.size(), length);
        for (int window = 0; window < source.size(); window++) {
            memory.write((long) window * length, source.get(window), 0, length);
        }
        return memory;
    }

    /** Copies of the first bytes of each window, {@code stride} bytes apart. */
    static List<byte[]> split(Memory states, int stride, int[] lengths) {
        List<byte[]> result = new ArrayList<>(lengths.length);
        for (int window = 0; window < lengths.length; window++) {
            result.add(states.getByteArray((long) window * stride, lengths[window]));
        }
        return result;
    }

    long bytes() {
        return samples.bytes() + mels.bytes() + states.bytes();
    }

    @Override
    public void close() {
        samples.close();
        mels.close();
        states.close();
    }
}
