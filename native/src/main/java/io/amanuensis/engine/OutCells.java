package io.amanuensis.engine;

import com.sun.jna.Memory;
import com.sun.jna.ptr.ByReference;
import com.sun.jna.ptr.DoubleByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;

/** Where the library's accessors write their results: native cells, for one thread at a time, freed by {@link #close()}. */
final class OutCells implements AutoCloseable {
    final PointerByReference pointer = new PointerByReference();
    final LongByReference number = new LongByReference();
    final DoubleByReference measure = new DoubleByReference();
    final IntByReference first = new IntByReference();
    final IntByReference second = new IntByReference();

    /** The zero-terminated string that {@link #pointer} was set to. */
    String text() {
        return pointer.getValue().getString(0, StandardCharsets.UTF_8.name());
    }

    @Override
    public void close() {
        for (ByReference cell : new ByReference[] {pointer, number, measure, first, second}) {
            ((Memory) cell.getPointer()).close();
        }
    }
}
