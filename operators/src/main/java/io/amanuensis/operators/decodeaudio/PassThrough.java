package io.amanuensis.operators.decodeaudio;

/** 16 kHz already: integers come out as they went in. */
final class PassThrough implements Resampler {
    @Override
    public ResamplerState begin() {
        return new ResamplerState();
    }

    @Override
    public short[] push(ResamplerState state, float[] input) {
        short[] output = new short[input.length];
        for (int i = 0; i < input.length; i++) {
            output[i] = Samples.toShort(input[i]);
        }
        state.inputSamples += input.length;
        state.outputSamples += input.length;
        return output;
    }

    @Override
    public short[] finish(ResamplerState state) {
        return new short[0];
    }

    @Override
    public long outputLength(long inputSamples) {
        return inputSamples;
    }
}
