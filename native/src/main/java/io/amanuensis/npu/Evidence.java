package io.amanuensis.npu;

/**
 * One thing that was looked for.
 *
 * @param subject what, in a word or two
 * @param found what there is
 * @param advice what to do about it; empty if nothing is missing
 */
public record Evidence(String subject, String found, String advice) {

    static Evidence good(String subject, String found) {
        return new Evidence(subject, found, "");
    }

    static Evidence missing(String subject, String found, String advice) {
        return new Evidence(subject, found, advice);
    }

    public boolean isMissing() {
        return !advice.isEmpty();
    }

    @Override
    public String toString() {
        return subject + ": " + found + (isMissing() ? "; " + advice : "");
    }
}
