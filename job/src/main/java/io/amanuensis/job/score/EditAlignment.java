package io.amanuensis.job.score;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The cheapest way to turn the reference into the hypothesis, word by word: Levenshtein distance with substitution, insertion
 * and deletion at one each. Among equally cheap ways a match or substitution is preferred.
 *
 * @param matches pairs of equal words, in order
 */
public record EditAlignment(WordErrors errors, List<Match> matches) {
    /** One byte a cell: 20,000 words each side. A longer text belongs split into calls. */
    static final long MAX_CELLS = 400_000_000;

    private static final byte DIAGONAL = 0;
    private static final byte DELETION = 1;
    private static final byte INSERTION = 2;

    /** Positions of a word that was recognised. */
    record Match(int reference, int hypothesis) {}

    /** @throws IllegalArgumentException if the two are too long to align, more than {@link #MAX_CELLS} pairs of words */
    public static EditAlignment of(List<String> reference, List<String> hypothesis) {
        long cells = (reference.size() + 1L) * (hypothesis.size() + 1L);
        if (cells > MAX_CELLS) {
            throw new IllegalArgumentException("cannot align " + reference.size() + " reference words with "
                    + hypothesis.size() + ": at most " + MAX_CELLS + " pairs; score shorter recordings");
        }
        return trace(reference, hypothesis, steps(reference, hypothesis));
    }

    /** Row r, column h: the last step of the cheapest way from the first r reference words to the first h hypothesis words. */
    private static byte[][] steps(List<String> reference, List<String> hypothesis) {
        int columns = hypothesis.size() + 1;
        byte[][] steps = new byte[reference.size() + 1][columns];
        int[] cost = new int[columns];
        for (int h = 1; h < columns; h++) {
            cost[h] = h;
            steps[0][h] = INSERTION;
        }
        for (int r = 1; r < steps.length; r++) {
            int diagonal = cost[0];
            cost[0] = r;
            steps[r][0] = DELETION;
            for (int h = 1; h < columns; h++) {
                int substitution = diagonal + (reference.get(r - 1).equals(hypothesis.get(h - 1)) ? 0 : 1);
                int deletion = cost[h] + 1;
                int insertion = cost[h - 1] + 1;
                diagonal = cost[h];
                cost[h] = Math.min(substitution, Math.min(deletion, insertion));
                steps[r][h] = cost[h] == substitution ? DIAGONAL : cost[h] == deletion ? DELETION : INSERTION;
            }
        }
        return steps;
    }

    private static EditAlignment trace(List<String> reference, List<String> hypothesis, byte[][] steps) {
        List<Match> matches = new ArrayList<>();
        int substitutions = 0;
        int insertions = 0;
        int deletions = 0;
        int r = reference.size();
        int h = hypothesis.size();
        while (r > 0 || h > 0) {
            switch (steps[r][h]) {
                case DELETION -> {
                    deletions++;
                    r--;
                }
                case INSERTION -> {
                    insertions++;
                    h--;
                }
                default -> {
                    r--;
                    h--;
                    if (reference.get(r).equals(hypothesis.get(h))) {
                        matches.add(new Match(r, h));
                    } else {
                        substitutions++;
                    }
                }
            }
        }
        Collections.reverse(matches);
        return new EditAlignment(
                new WordErrors(substitutions, insertions, deletions, reference.size()), List.copyOf(matches));
    }
}
