package io.amanuensis.operators.findspeech;

import java.io.Serializable;

/**
 * When {@link EnergyDetector} hears speech. Levels are RMS; 0 dBFS is a square wave of full scale.
 *
 * @param onsetAboveNoiseDb level above the noise floor at which an utterance may begin
 * @param offsetAboveNoiseDb level above the noise floor at which it goes on
 * @param onsetLevelDbfs below this no utterance begins, however quiet the line
 * @param offsetLevelDbfs below this none goes on
 * @param noiseMemoryMs the noise floor is the lowest level of the last one to two such intervals. Must be longer than people
 *     speak without a break between words
 */
public record EnergySettings(
        double onsetAboveNoiseDb,
        double offsetAboveNoiseDb,
        double onsetLevelDbfs,
        double offsetLevelDbfs,
        int noiseMemoryMs)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /** The most sensitive that hears next to nothing in steady white or pink noise: going on at 2 dB, a third of pink noise is speech. */
    public static final EnergySettings DEFAULT = new EnergySettings(5, 3.5, -65, -70, 3000);

    public EnergySettings {
        if (!(0 < offsetAboveNoiseDb && offsetAboveNoiseDb <= onsetAboveNoiseDb)) {
            throw new IllegalArgumentException("offsetAboveNoiseDb %s must be positive and at most onsetAboveNoiseDb %s"
                    .formatted(offsetAboveNoiseDb, onsetAboveNoiseDb));
        }
        if (!(EnergyDetector.SILENCE_DBFS < offsetLevelDbfs
                && offsetLevelDbfs <= onsetLevelDbfs
                && onsetLevelDbfs < 0)) {
            throw new IllegalArgumentException(
                    "offsetLevelDbfs %s must be above %s, and at most onsetLevelDbfs %s, which must be below 0"
                            .formatted(offsetLevelDbfs, EnergyDetector.SILENCE_DBFS, onsetLevelDbfs));
        }
        if (noiseMemoryMs < 500 || noiseMemoryMs > 60_000) {
            throw new IllegalArgumentException("noiseMemoryMs is %d, must be 500 to 60000".formatted(noiseMemoryMs));
        }
    }
}
