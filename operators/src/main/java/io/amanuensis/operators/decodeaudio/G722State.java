package io.amanuensis.operators.decodeaudio;

/** Where a G.722 decoder stands in the stream of one channel: keyed state. */
public final class G722State {
    public Band low = new Band();
    public Band high = new Band();
    /** What the synthesis filter remembers, the newest last: sums and differences of the two bands in turn. */
    public int[] history = new int[G722.FILTER_TAPS];

    public G722State() {
        low.scale = G722.FIRST_LOW_SCALE;
        high.scale = G722.FIRST_HIGH_SCALE;
    }

    /** The adaptive predictor and quantiser of a band; its names in the Recommendation in brackets. */
    public static final class Band {
        /** Step of the quantiser (DETL, DETH) and its logarithm (NBL, NBH). */
        public int scale;

        public int logScale;
        /** The next sample as it is predicted (SL, SH), and the share of the zeros in that (SZL, SZH). */
        public int prediction;

        public int zeroPrediction;
        /** Coefficients of the poles (AL1, AL2). */
        public int[] poles = new int[2];
        /** Coefficients of the zeros (BL1 to BL6). */
        public int[] zeros = new int[6];
        /** The last two samples as reconstructed (RLT), and without the poles' share (PLT), the newest first. */
        public int[] samples = new int[2];

        public int[] partials = new int[2];
        /** The last six differences (DLT), the newest first. */
        public int[] differences = new int[6];

        public Band() {}

        private Band copy() {
            Band copy = new Band();
            copy.scale = scale;
            copy.logScale = logScale;
            copy.prediction = prediction;
            copy.zeroPrediction = zeroPrediction;
            copy.poles = poles.clone();
            copy.zeros = zeros.clone();
            copy.samples = samples.clone();
            copy.partials = partials.clone();
            copy.differences = differences.clone();
            return copy;
        }
    }

    G722State copy() {
        G722State copy = new G722State();
        copy.low = low.copy();
        copy.high = high.copy();
        copy.history = history.clone();
        return copy;
    }
}
