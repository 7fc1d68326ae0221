package io.amanuensis.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * What one window says. Immutable: the constructor and {@link #tokens()} copy the array; two decodings with equal contents are
 * equal.
 *
 * @param tokens after the prompt, end of text left out, timestamp tokens included
 * @param text without timestamps and surrounding blanks
 * @param language the code that the window was decoded in
 * @param averageLogProbability of the chosen tokens, end of text included
 * @param noSpeechProbability 0 if the model has no such token
 * @param compressionRatio bytes of the text over bytes of it deflated, high for text that repeats itself; 0 for empty text
 * @param endReached false if the decoding was cut off at its most tokens
 */
public record Decoding(
        int[] tokens,
        String text,
        String language,
        double averageLogProbability,
        double noSpeechProbability,
        double compressionRatio,
        boolean endReached) {
    /** zlib's default, which the reference uses. */
    private static final int DEFLATE_LEVEL = 6;

    public Decoding {
        tokens = tokens.clone();
    }

    @Override
    public int[] tokens() {
        return tokens.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decoding that
                && Arrays.equals(tokens, that.tokens)
                && text.equals(that.text)
                && language.equals(that.language)
                && Double.compare(averageLogProbability, that.averageLogProbability) == 0
                && Double.compare(noSpeechProbability, that.noSpeechProbability) == 0
                && Double.compare(compressionRatio, that.compressionRatio) == 0
                && endReached == that.endReached;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + text.hashCode();
    }

    @Override
    public String toString() {
        return "Decoding[%s '%s' averageLogProbability=%.4f noSpeechProbability=%.4f compressionRatio=%.3f endReached=%s %s]"
                .formatted(
                        language,
                        text,
                        averageLogProbability,
                        noSpeechProbability,
                        compressionRatio,
                        endReached,
                        Arrays.toString(tokens));
    }

    /**
     * How well a text compresses: its UTF-8 bytes over their zlib stream. 0 for empty text.
     * Source: openai/whisper utils.py, compression_ratio.
     */
    public static double compressionRatioOf(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            return 0;
        }
        Deflater deflater = new Deflater(DEFLATE_LEVEL);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] discarded = new byte[1024];
            while (!deflater.finished()) {
                deflater.deflate(discarded);
            }
            return (double) bytes.length / deflater.getBytesWritten();
        } finally {
            deflater.end();
        }
    }
}
