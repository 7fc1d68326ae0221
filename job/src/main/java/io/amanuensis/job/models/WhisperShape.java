package io.amanuensis.job.models;

import java.util.List;

/**
 * What the sizes of a Whisper model follow from.
 *
 * @param width of the states, {@code d_model}
 * @param feedForward width inside a feed-forward block
 * @param windowSeconds of sound in a window
 * @param targetPositions tokens of a decoding at most, its prompt included
 * @param textTokens tokens of text, a byte or more each; at least the 256 bytes
 * @param languages Whisper's codes
 * @param alignmentHeads of the decoder, that word times are taken from
 */
public record WhisperShape(
        int melBins,
        int width,
        int encoderLayers,
        int decoderLayers,
        int heads,
        int feedForward,
        int windowSeconds,
        int targetPositions,
        int textTokens,
        List<String> languages,
        List<AlignmentHead> alignmentHeads) {
    static final int SAMPLE_RATE_HZ = 16_000;

    /** The encoder's second convolution halves 100 frames a second. */
    private static final int POSITIONS_PER_SECOND = 50;

    public WhisperShape {
        if (width % heads != 0) {
            throw new IllegalArgumentException("width " + width + " cannot be divided among " + heads + " heads");
        }
        if (textTokens < ByteAlphabet.SIZE) {
            throw new IllegalArgumentException(
                    "textTokens is " + textTokens + ", must be at least " + ByteAlphabet.SIZE + ", one a byte");
        }
        languages = List.copyOf(languages);
        alignmentHeads = List.copyOf(alignmentHeads);
    }

    /** A head of a layer of the decoder, both from 0. */
    public record AlignmentHead(int layer, int head) {}

    int sourcePositions() {
        return windowSeconds * POSITIONS_PER_SECOND;
    }

    SpecialTokens specialTokens() {
        return new SpecialTokens(textTokens, languages, sourcePositions() + 1);
    }

    int vocabularySize() {
        return specialTokens().end();
    }
}
