package io.amanuensis.job.models;

import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a Whisper checkpoint.
 *
 * @param shape row-major, {@code [out][in]} for a linear map
 * @param values how it is filled
 */
record WhisperTensor(String name, List<Integer> shape, Values values) {
    private static final int TAPS = 3;

    /** What a tensor is filled with. */
    sealed interface Values {}

    /** As many ones as there are elements: the gain of a layer norm. */
    record Ones() implements Values {}

    /** Signed numbers with a standard deviation of {@code 1 / sqrt(fanIn)}, so that sums keep the size of what they sum. */
    record Random(int fanIn) implements Values {}

    /** Whisper's fixed positions: sines, then cosines, of wave lengths from 2 pi to 20,000 pi. */
    record Sinusoids() implements Values {}

    long elements() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** All tensors of a model, each once; the output projection is the embedding. */
    static List<WhisperTensor> of(WhisperShape shape) {
        List<WhisperTensor> tensors = new ArrayList<>();
        encoder(tensors, shape);
        decoder(tensors, shape);
        return tensors;
    }

    private static void encoder(List<WhisperTensor> tensors, WhisperShape shape) {
        String encoder = "model.encoder.";
        convolution(tensors, encoder + "conv1", shape.width(), shape.melBins());
        convolution(tensors, encoder + "conv2", shape.width(), shape.width());
        tensors.add(new WhisperTensor(
                encoder + "embed_positions.weight", List.of(shape.sourcePositions(), shape.width()), new Sinusoids()));
        for (int i = 0; i < shape.encoderLayers(); i++) {
            String layer = encoder + "layers." + i + ".";
            attention(tensors, layer + "self_attn", shape.width());
            feedForward(tensors, layer, shape);
        }
        layerNorm(tensors, encoder + "layer_norm", shape.width());
    }

    private static void decoder(List<WhisperTensor> tensors, WhisperShape shape) {
        String decoder = "model.decoder.";
        matrix(tensors, decoder + "embed_tokens.weight", shape.vocabularySize(), shape.width());
        matrix(tensors, decoder + "embed_positions.weight", shape.targetPositions(), shape.width());
        for (int i = 0; i < shape.decoderLayers(); i++) {
            String layer = decoder + "layers." + i + ".";
            attention(tensors, layer + "self_attn", shape.width());
            attention(tensors, layer + "encoder_attn", shape.width());
            feedForward(tensors, layer, shape);
        }
        layerNorm(tensors, decoder + "layer_norm", shape.width());
    }

    private static void attention(List<WhisperTensor> tensors, String name, int width) {
        linear(tensors, name + ".q_proj", width, width);
        matrix(tensors, name + ".k_proj.weight", width, width);
        linear(tensors, name + ".v_proj", width, width);
        linear(tensors, name + ".out_proj", width, width);
        layerNorm(tensors, name + "_layer_norm", width);
    }

    private static void feedForward(List<WhisperTensor> tensors, String layer, WhisperShape shape) {
        linear(tensors, layer + "fc1", shape.feedForward(), shape.width());
        linear(tensors, layer + "fc2", shape.width(), shape.feedForward());
        layerNorm(tensors, layer + "final_layer_norm", shape.width());
    }

    private static void convolution(List<WhisperTensor> tensors, String name, int out, int in) {
        Random values = new Random(TAPS * in);
        tensors.add(new WhisperTensor(name + ".weight", List.of(out, in, TAPS), values));
        tensors.add(new WhisperTensor(name + ".bias", List.of(out), values));
    }

    private static void linear(List<WhisperTensor> tensors, String name, int out, int in) {
        matrix(tensors, name + ".weight", out, in);
        tensors.add(new WhisperTensor(name + ".bias", List.of(out), new Random(in)));
    }

    private static void matrix(List<WhisperTensor> tensors, String name, int out, int in) {
        tensors.add(new WhisperTensor(name, List.of(out, in), new Random(in)));
    }

    private static void layerNorm(List<WhisperTensor> tensors, String name, int width) {
        tensors.add(new WhisperTensor(name + ".weight", List.of(width), new Ones()));
        tensors.add(new WhisperTensor(name + ".bias", List.of(width), new Random(width)));
    }
}
