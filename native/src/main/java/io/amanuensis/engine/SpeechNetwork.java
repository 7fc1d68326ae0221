package io.amanuensis.engine;

import com.sun.jna.Memory;
import io.amanuensis.engine.AmanuensisLibrary.AmDetector;
import java.lang.ref.Cleaner;

/**
 * A small recurrent network that says how likely somebody speaks, 20 ms of sound at a time. What it remembers of a line is its
 * caller's, so one network serves many lines. One thread at a time; {@link #close()} from any.
 */
public final class SpeechNetwork implements AutoCloseable {
    /** Of a frame, at 16 kHz. */
    public static final int FRAME_SAMPLES = 320;

    private final int memoryLength;
    private final ListeningRoom room;
    private final NativeHandle<AmDetector> handle;
    private final Cleaner.Cleanable net;

    private SpeechNetwork(int memoryLength, ListeningRoom room, NativeHandle<AmDetector> handle) {
        this.memoryLength = memoryLength;
        this.room = room;
        this.handle = handle;
        this.net = SafetyNet.watch(this, handle);
    }

    /**
     * Opens a network.
     *
     * @param numbers its shape and weights, as {@code am_detector_open} in {@code amanuensis.h} describes them; not kept
     * @throws EngineException {@link Status#ARGUMENT} or {@link Status#NUMERIC}: what is wrong with the numbers
     */
    public static SpeechNetwork open(float[] numbers) {
        NativeLoader.load();
        ListeningRoom room = new ListeningRoom();
        try (Memory copy = new Memory((long) Math.max(1, numbers.length) * Float.BYTES)) {
            copy.write(0, numbers, 0, numbers.length);
            NativeHandle<AmDetector> handle = NativeHandle.open(
                    "speech network",
                    new AmDetector(),
                    out -> AmanuensisLibrary.am_detector_open(copy, numbers.length, out),
                    out -> {
                        AmanuensisLibrary.am_detector_close(out);
                        room.close();
                    });
            return new SpeechNetwork((int) numbers[1], room, handle);
        }
    }

    /** Of what the network remembers of a line. */
    public int memoryLength() {
        return memoryLength;
    }

    /** The next frames of a line. Silence stands behind a last one that is shorter. */
    public static int frames(int samples) {
        return -Math.floorDiv(-samples, FRAME_SAMPLES);
    }

    /**
     * Listens to the next sound of a line.
     *
     * @param samples 16-bit mono sound at 16 kHz
     * @param count samples that count, from the first; 1 and more
     * @param memory {@link #memoryLength} numbers, zeros at the beginning of the line; updated
     * @return of each frame the probability of speech, 0 to 1; the same bits on every processor and however many frames come at
     *     once
     */
    public float[] listen(short[] samples, int count, float[] memory) {
        Require.window(samples, 0, count, samples.length);
        Require.length("memory", memory.length, memoryLength);
        float[] probabilities = new float[frames(count)];
        AmDetector detector = handle.hold();
        try {
            Memory nativeSamples = room.samples(samples, count);
            Memory nativeMemory = room.memory(memory);
            Memory nativeProbabilities = room.probabilities(probabilities.length);
            EngineException.check(AmanuensisLibrary.am_detector_listen(
                    detector,
                    nativeSamples,
                    count,
                    nativeMemory,
                    memory.length,
                    nativeProbabilities,
                    probabilities.length));
            nativeMemory.read(0, memory, 0, memory.length);
            nativeProbabilities.read(0, probabilities, 0, probabilities.length);
        } finally {
            handle.release();
        }
        return probabilities;
    }

    @Override
    public void close() {
        handle.close();
        net.clean();
    }
}
