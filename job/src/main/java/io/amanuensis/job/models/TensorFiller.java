package io.amanuensis.job.models;

/** The elements of a tensor in half precision, one after the other. Each tensor has numbers of its own, whatever was filled before. */
@FunctionalInterface
interface TensorFiller {
    short next();

    /**
     * @param seed of the model
     * @param index of the tensor in it
     */
    static TensorFiller of(WhisperTensor tensor, long seed, int index) {
        if (tensor.values() instanceof WhisperTensor.Random random) {
            return random(SplitMix64.mix(seed + SplitMix64.mix(index)), random.fanIn());
        }
        if (tensor.values() instanceof WhisperTensor.Sinusoids) {
            return sinusoids(tensor.shape().get(1));
        }
        short one = Half.of(1);
        return () -> one;
    }

    /** Uniform, of 65,536 equally probable values, none of them 0. */
    private static TensorFiller random(long seed, int fanIn) {
        // A uniform distribution from -1 to 1 has the standard deviation sqrt(1 / 3).
        double bound = Math.sqrt(3.0 / fanIn);
        short[] values = new short[1 << Short.SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = Half.of((float) (((2 * i + 1.0) / values.length - 1) * bound));
        }
        SplitMix64 numbers = new SplitMix64(seed);
        return () -> values[numbers.next16()];
    }

    private static TensorFiller sinusoids(int width) {
        return new TensorFiller() {
            private final int waves = width / 2;
            private final double step = Math.log(10_000) / (waves - 1);
            private long element;

            @Override
            public short next() {
                long position = element / width;
                int column = (int) (element % width);
                element++;
                double angle = position * Math.exp(-step * (column % waves));
                return Half.of((float) (column < waves ? Math.sin(angle) : Math.cos(angle)));
            }
        };
    }
}
