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
     * Takes in the next hypothesis of a piece that still grows.
     *
     * @param pieceStartSample the piece of the hypothesis before, or a later one
     */
    static void hear(Draft draft, long pieceStartSample, String text) {
        List<Unit> hypothesis = TextUnits.of(text.strip());
        if (pieceStartSample > draft.pieceStartSample) {
            goOnWithoutEnd(draft, pieceStartSample, hypothesis);
        }
        List<Unit> tail = behind(TextUnits.of(draft.agreed), hypothesis);
        int agreed = commonPrefix(TextUnits.of(draft.tail), tail);
        draft.agreed = TextUnits.append(draft.agreed, TextUnits.join(tail.subList(0, agreed)));
        draft.tail = TextUnits.join(tail.subList(agreed, tail.size()));
    }

    /**
     * Takes in the last hypothesis of a piece, of which all is committed. What has been agreed on beyond it belongs to the next
     * piece.
     */
    static void close(Draft draft, long pieceEndSample, String text) {
        List<Unit> hypothesis = TextUnits.of(text.strip());
        List<Unit> agreed = TextUnits.of(draft.agreed);
        int within = repeated(hypothesis, agreed);
        List<Unit> more = within < agreed.size() ? List.of() : behind(agreed, hypothesis);
        draft.earlier = TextUnits.append(draft.earlier, TextUnits.join(agreed.subList(0, within)));
        draft.earlier = TextUnits.append(draft.earlier, TextUnits.join(more));
        draft.agreed = TextUnits.join(agreed.subList(within, agreed.size()));
        draft.tail = "";
        draft.pieceStartSample = pieceEndSample;
    }

    /** The last hypothesis of the piece before was left out: what is known goes into the next as far as it says it again. */
    private static void goOnWithoutEnd(Draft draft, long pieceStartSample, List<Unit> next) {
        List<Unit> known = TextUnits.of(TextUnits.append(draft.agreed, draft.tail));
        int again = Math.min(known.size(), next.size());
        while (commonPrefix(known.subList(known.size() - again, known.size()), next) < again) {
            again--;
        }
        int before = known.size() - again;
        draft.earlier = TextUnits.append(draft.earlier, TextUnits.join(known.subList(0, before)));
        draft.agreed = TextUnits.join(known.subList(before, known.size()));
        draft.tail = "";
        draft.pieceStartSample = pieceStartSample;
    }

    /** Whether a final takes back something committed. Case and punctuation do not count. */
    static boolean contradicts(String finalText, Draft draft) {
        List<Unit> committed = TextUnits.of(draft.committed());
        return commonPrefix(committed, TextUnits.of(finalText.strip())) < committed.size();
    }

    private static List<Unit> behind(List<Unit> committed, List<Unit> hypothesis) {
        return hypothesis.subList(repeated(committed, hypothesis), hypothesis.size());
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
    static int repeated(List<Unit> committed, List<Unit> hypothesis) {
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
