package io.amanuensis.operators.encode;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.EngineExceptions;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.engine.RunningDecoder;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.schemas.Alignment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An encoder that does what a test tells it: its states are the window's number, in the first two of four values. */
final class ScriptedEngine implements SpeechEngine {
    /** What the next calls end as; OK in its place is null. When it is empty, calls succeed. */
    final Deque<Status> script = new ArrayDeque<>();
    /** Windows that are at fault themselves. */
    final Map<Integer, Status> badWindows = new HashMap<>();

    final List<List<Integer>> calls = new ArrayList<>();
    Status always; // every call ends so; null: as the script says
    float drift;
    int resets;
    boolean closed;

    private final String backEnd;

    ScriptedEngine(String backEnd) {
        this.backEnd = backEnd;
    }

    @Override
    public EngineFacts facts() {
        return new EngineFacts("model", "00ff", backEnd, "0");
    }

    @Override
    public int windowSamples() {
        return 16;
    }

    @Override
    public Alignment alignment() {
        return Alignment.SKIPPED;
    }

    @Override
    public float[] logMel(short[] samples) {
        return new float[] {samples[0]};
    }

    @Override
    public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
        List<Integer> windows = logMels.stream().map(mel -> (int) mel[0]).toList();
        calls.add(windows);
        Status status = always != null ? always : script.isEmpty() ? null : script.poll();
        if (status != null && status != Status.UNKNOWN) {
            throw EngineExceptions.of(status);
        }
        windows.stream().map(badWindows::get).filter(bad -> bad != null).forEach(bad -> {
            throw EngineExceptions.of(bad);
        });
        return windows.stream().map(window -> states(window, drift)).toList();
    }

    static byte[] states(float window, float drift) {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : new float[] {window, window, 1, drift}) {
            bytes.putShort((short) (Float.floatToIntBits(value) >> 16));
        }
        return bytes.array();
    }

    @Override
    public void resetDevice() {
        resets++;
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(1);
    }

    @Override
    public RunningDecoder openDecoder(DecoderOptions options) {
        throw new UnsupportedOperationException("encodes alone");
    }

    @Override
    public List<AlignedWord> align(byte[] states, int[] tokens, int sampleCount, String language) {
        throw new UnsupportedOperationException("encodes alone");
    }

    @Override
    public long memoryBytes() {
        return 0;
    }

    @Override
    public void cancel() {}

    @Override
    public void close() {
        closed = true;
    }
}
