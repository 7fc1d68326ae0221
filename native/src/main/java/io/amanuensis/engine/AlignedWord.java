package io.amanuensis.engine;

/**
 * A word and when it was said.
 *
 * @param text with its punctuation, without surrounding blanks
 * @param startMs from the start of the window
 * @param endMs from the start of the window, never before {@code startMs}
 * @param probability mean probability of its tokens, 0 to 1
 */
public record AlignedWord(String text, int startMs, int endMs, double probability) {}
