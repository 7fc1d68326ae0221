package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.PcmChunk;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One resampler per rate, the least recently used forgotten when their weights exceed 32 MiB. The usual rates need 0.3 MiB at
 * most; a rate without a common factor with 16 kHz needs up to 21 MiB. For one thread.
 */
final class Resamplers implements AutoCloseable {
    private static final int MAX_WEIGHTS = 8 << 20;

    private final Resampler passThrough = new PassThrough();
    private final Map<Integer, PolyphaseResampler> byRate = new LinkedHashMap<>(16, 0.75f, true);
    private long weights;

    Resampler forRate(int sampleRateHz) {
        if (sampleRateHz == PcmChunk.SAMPLE_RATE_HZ) {
            return passThrough;
        }
        PolyphaseResampler resampler = byRate.get(sampleRateHz);
        if (resampler == null) {
            resampler = new PolyphaseResampler(sampleRateHz);
            byRate.put(sampleRateHz, resampler);
            weights += resampler.weightCount();
            dropEldest();
        }
        return resampler;
    }

    int size() {
        return byRate.size();
    }

    private void dropEldest() {
        Iterator<PolyphaseResampler> eldest = byRate.values().iterator();
        while (weights > MAX_WEIGHTS && byRate.size() > 1) {
            PolyphaseResampler dropped = eldest.next();
            weights -= dropped.weightCount();
            dropped.close();
            eldest.remove();
        }
    }

    @Override
    public void close() {
        byRate.values().forEach(PolyphaseResampler::close);
        byRate.clear();
    }
}
