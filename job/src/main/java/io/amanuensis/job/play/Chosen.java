package io.amanuensis.job.play;

import java.util.SplittableRandom;

/**
 * Chooses a share of a sequence at random, and exactly: of any n first elements, share x n are chosen, give or take one. The
 * sequence is divided into strata of 1 / share elements, and one of each is chosen.
 */
final class Chosen {
    private final double share;
    private final SplittableRandom random;
    private long at;
    private long strata;
    private long choice = -1;

    /** @param share 0 to 1 */
    Chosen(double share, SplittableRandom random) {
        this.share = share;
        this.random = random;
    }

    /** Whether the next element is chosen. */
    boolean next() {
        if (share > 0 && at >= begin(strata)) {
            choice = random.nextLong(begin(strata), Math.max(begin(strata) + 1, begin(strata + 1)));
            strata++;
        }
        return at++ == choice;
    }

    private long begin(long stratum) {
        return (long) Math.ceil(stratum / share);
    }
}
