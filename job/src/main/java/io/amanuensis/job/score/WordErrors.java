package io.amanuensis.job.score;

/** Word errors of a hypothesis and the number of words that were really said. */
public record WordErrors(int substitutions, int insertions, int deletions, int referenceWords) {
    public static final WordErrors NONE = new WordErrors(0, 0, 0, 0);

    public int total() {
        return substitutions + insertions + deletions;
    }

    /** Word error rate, percent; above 100 where much is invented. NaN if nothing was said and nothing heard. */
    public double percent() {
        return 100.0 * total() / referenceWords;
    }

    public WordErrors plus(WordErrors other) {
        return new WordErrors(
                substitutions + other.substitutions,
                insertions + other.insertions,
                deletions + other.deletions,
                referenceWords + other.referenceWords);
    }
}
