package io.amanuensis.job.models;

/**
 * Pseudo-random numbers that are the same on every Java: the counter that steps by the golden ratio, and the finalizer over it
 * (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
 */
final class SplitMix64 {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long counter;
    private long bits;
    private int left;

    SplitMix64(long seed) {
        this.counter = seed;
    }

    static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /** The next number from 0 to 65535; four of them are one step. */
    int next16() {
        if (left == 0) {
            counter += GOLDEN;
            bits = mix(counter);
            left = Long.SIZE / Short.SIZE;
        }
        int number = (int) bits & 0xFFFF;
        bits >>>= Short.SIZE;
        left--;
        return number;
    }
}
