package io.amanuensis.engine;

import com.sun.jna.Memory;
import io.amanuensis.engine.AmanuensisLibrary.AmFilterBank;
import java.lang.ref.Cleaner;

/**
 * Filters of equal length that take turns, as between a sampling rate and a multiple of it. One thread at a time; {@link #close()}
 * from any.
 */
public final class FilterBank implements AutoCloseable {
    private final int phases;
    private final int taps;
    private final Slab samples;
    private final Slab outputs;
    private final NativeHandle<AmFilterBank> handle;
    private final Cleaner.Cleanable net;

    private FilterBank(int phases, int taps, Slab samples, Slab outputs, NativeHandle<AmFilterBank> handle) {
        this.phases = phases;
        this.taps = taps;
        this.samples = samples;
        this.outputs = outputs;
        this.handle = handle;
        this.net = SafetyNet.watch(this, handle);
    }

    /**
     * Opens a bank.
     *
     * @param weights [phases][taps], row-major; not kept
     * @param phases 1 to 16000
     * @param taps 1 to 4096
     * @throws EngineException {@link Status#ARGUMENT}: what is wrong with the numbers
     */
    public static FilterBank open(float[] weights, int phases, int taps) {
        Require.length("weights", weights.length, phases * taps);
        NativeLoader.load();
        Slab samples = new Slab();
        Slab outputs = new Slab();
        try (Memory copy = new Memory((long) Math.max(1, weights.length) * Float.BYTES)) {
            copy.write(0, weights, 0, weights.length);
            NativeHandle<AmFilterBank> handle = NativeHandle.open(
                    "filter bank",
                    new AmFilterBank(),
                    out -> AmanuensisLibrary.am_filter_bank_open(copy, phases, taps, out),
                    out -> {
                        AmanuensisLibrary.am_filter_bank_close(out);
                        samples.close();
                        outputs.close();
                    });
            return new FilterBank(phases, taps, samples, outputs, handle);
        }
    }

    /**
     * Output i is the sum over tap of {@code weights[p % phases][tap] * sound[at + p / phases + tap]}, where p = firstPhase + i,
     * rounded to nearest, halves up, and clipped to 16 bits: the same bits on every processor.
     *
     * @param sound on the scale of 16-bit integers
     * @param at first sample of the first output
     * @param firstPhase of the first output
     */
    public short[] run(float[] sound, int at, int firstPhase, int outputCount) {
        short[] result = new short[outputCount];
        if (outputCount == 0) {
            return result;
        }
        AmFilterBank bank = handle.hold();
        try {
            int count = Math.min(sound.length - at, (firstPhase + outputCount - 1) / phases + taps);
            Memory nativeSound = samples.atLeast((long) count * Float.BYTES);
            nativeSound.write(0, sound, at, count);
            Memory nativeResult = outputs.atLeast((long) outputCount * Short.BYTES);
            EngineException.check(AmanuensisLibrary.am_filter_bank_run(
                    bank, nativeSound, count, firstPhase, nativeResult, outputCount));
            nativeResult.read(0, result, 0, outputCount);
        } finally {
            handle.release();
        }
        return result;
    }

    @Override
    public void close() {
        handle.close();
        net.clean();
    }
}
