package io.amanuensis.operators.partials;

import io.amanuensis.operators.partials.TextUnits.Unit;
import java.util.List;

/**
 * LocalAgreement-2 (Liu et al. 2020; Machacek et al. 2023): of text that is heard again and again while it grows, what two
 * hypotheses in a row agree on is committed, and stays.
 *
 * <p>Words agree if their letters and digits do: at the end of its sound a model puts a full stop that the next hypothesis
 * takes back. A hypothesis need not repeat what is committed. It is aligned to it, and only what comes behind counts.
 *
 * <p>An utterance may be heard in pieces, one after the other. What is known of a piece when the next begins is committed.
 */
final class LocalAgreement {
    private LocalAgreement() {}

    /**
     * Takes in the next hypothesis of the utterance's newest piece.
     *
     * @param pieceStartSample not before that of the hypotheses before
     * @param closing whether this is the last of its piece, so that all of it is committed
     */
    static void hear(Draft draft, long pieceStartSample, boolean closing, String text) {
        if (pieceStartSample > draft.pieceStartSample) {
            commitPiece(draft, pieceStartSample);
        }
        List<Unit> committed = TextUnits.of(draft.agreed);
        List<Unit> hypothesis = TextUnits.of(text.strip());
        List<Unit> tail = hypothesis.subList(tailStart(committed, hypothesis), hypothesis.size());
        int agreed = closing ? tail.size() : commonPrefix(TextUnits.of(draft.tail), tail);
        draft.agreed = TextUnits.append(draft.agreed, TextUnits.join(tail.subList(0, agreed)));
        draft.tail = TextUnits.join(tail.subList(agreed, tail.size()));
    }

    /** Whether a final takes back something committed. Case and punctuation do not count. */
    static boolean contradicts(String finalText, Draft draft) {
        List<Unit> committed = TextUnits.of(draft.committed());
        return commonPrefix(committed, TextUnits.of(finalText.strip())) < committed.size();
    }

    private static void commitPiece(Draft draft, long nextStartSample) {
        draft.earlier = draft.text();
        draft.agreed = "";
        draft.tail = "";
        draft.pieceStartSample = nextStartSample;
    }

    private static int commonPrefix(List<Unit> a, List<Unit> b) {
        int count = 0;
        while (count < a.size()
                && count < b.size()
                && a.get(count).key().equals(b.get(count).key())) {
            count++;
        }
        return count;
    }

    /**
     * How much of the hypothesis repeats what is committed: the prefix with the least edit distance to it; of several the one
     * nearest in length, then the shorter.
     */
    static int tailStart(List<Unit> committed, List<Unit> hypothesis) {
        List<String> of = TextUnits.keys(committed);
        List<String> in = TextUnits.keys(hypothesis);
        int[] distances = new int[in.size() + 1]; // of the committed words so far to each prefix
        for (int j = 0; j <= in.size(); j++) {
            distances[j] = j;
        }
        for (int i = 1; i <= of.size(); i++) {
            int diagonal = distances[0];
            distances[0] = i;
            for (int j = 1; j <= in.size(); j++) {
                int replaced = diagonal + (of.get(i - 1).equals(in.get(j - 1)) ? 0 : 1);
                diagonal = distances[j];
                distances[j] = Math.min(replaced, 1 + Math.min(distances[j - 1], distances[j]));
            }
        }
        int best = 0;
        for (int j = 1; j <= in.size(); j++) {
            int nearer = Math.abs(best - of.size()) - Math.abs(j - of.size());
            if (distances[j] < distances[best] || (distances[j] == distances[best] && nearer > 0)) {
                best = j;
            }
        }
        return best;
    }
}
