package io.amanuensis.operators.partials;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalAgreementTest {
    private final Draft draft = new Draft(0);

    /** "committed | rest" after each hypothesis of one piece. */
    private List<String> hear(String... hypotheses) {
        List<String> lines = new ArrayList<>();
        for (String hypothesis : hypotheses) {
            LocalAgreement.hear(draft, draft.pieceStartSample, hypothesis);
            lines.add(line());
        }
        return lines;
    }

    private String line() {
        assertThat(draft.text()).startsWith(draft.committed());
        return draft.committed() + "|"
                + draft.text().substring(draft.committed().length());
    }

    @Test
    void whatTwoInARowSayIsCommitted() {
        assertThat(hear("my name", "my name is", "my name is Brian", "my name is Brian and"))
                .containsExactly("|my name", "my name| is", "my name is| Brian", "my name is Brian| and");
    }

    @Test
    void whatOnlyOneSaysIsNot() {
        assertThat(hear("eight two", "eight to you", "ate two you"))
                .containsExactly("|eight two", "eight| to you", "eight| two you");
    }

    @Test
    void caseAndPunctuationDoNotKeepWordsApart() {
        assertThat(hear("I ordered.", "I ordered, a", "i ordered A laptop."))
                .containsExactly("|I ordered.", "I ordered,| a", "I ordered, A| laptop.");
    }

    @Test
    void committedWordsStayWhenAHypothesisForgetsThem() {
        assertThat(hear("one two three", "one two three four", "one", "", "one two three four five"))
                .containsExactly(
                        "|one two three",
                        "one two three| four",
                        "one two three|",
                        "one two three|",
                        "one two three| four five");
    }

    /** The words behind are found all the same. */
    @Test
    void hypothesisThatSaysCommittedWordsOtherwiseIsAlignedToThem() {
        assertThat(hear(
                        "please hold the line",
                        "please hold the line",
                        "police hold a line for",
                        "lease hold line for me"))
                .containsExactly(
                        "|please hold the line",
                        "please hold the line|",
                        "please hold the line| for",
                        "please hold the line for| me");
    }

    @Test
    void scriptsWithoutBlanksAgreeByCharacters() {
        assertThat(hear("你好", "你好吗", "你好吗我")).containsExactly("|你好", "你好|吗", "你好吗|我");
    }

    @Test
    void pieceThatIsClosedIsCommittedAndTheNextGoesOnBehindIt() {
        hear("a b c", "a b c d");
        LocalAgreement.close(draft, 100, "a b c d e");
        assertThat(line()).isEqualTo("a b c d e|");
        assertThat(hear("f", "f g")).containsExactly("a b c d e| f", "a b c d e f| g");
    }

    /** It was cut before words that had been agreed on: the next piece says them again. */
    @Test
    void wordsBehindTheCutAreNotSaidTwice() {
        hear("a b c d e", "a b c d e f");
        LocalAgreement.close(draft, 100, "a b c");
        assertThat(line()).isEqualTo("a b c d e|");
        assertThat(hear("d e f", "d e f g")).containsExactly("a b c d e| f", "a b c d e f| g");
    }

    @Test
    void withoutTheEndOfAPieceWhatIsKnownOfItStands() {
        hear("a b c", "a b c d e");
        LocalAgreement.hear(draft, 100, "d e f");
        assertThat(line()).isEqualTo("a b c d e| f");
        LocalAgreement.hear(draft, 200, "x y");
        assertThat(line()).isEqualTo("a b c d e f| x y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"My name is.", "my NAME, is Brian", "my name is"})
    void finalThatSaysMoreContradictsNothing(String finalText) {
        hear("my name is", "my name is");
        assertThat(LocalAgreement.contradicts(finalText, draft)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"my name", "", "my name was", "so my name is"})
    void finalThatTakesBackAWordContradicts(String finalText) {
        hear("my name is", "my name is");
        assertThat(LocalAgreement.contradicts(finalText, draft)).isTrue();
    }

    @Test
    void whatIsNotCommittedCannotBeContradicted() {
        hear("my name is");
        assertThat(LocalAgreement.contradicts("other words", draft)).isFalse();
    }

    /**
     * As published: of hypotheses that all begin with what is committed, that becomes the longest common prefix of each two in a
     * row, if it is longer.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void equalsTheReferenceWhereHypothesesRepeatWhatIsCommitted(long seed) {
        Random random = new Random(seed);
        Draft heard = new Draft(0);
        List<String> committed = List.of();
        List<String> before = List.of();
        for (int i = 0; i < 60; i++) {
            List<String> hypothesis = new ArrayList<>(committed);
            for (int more = random.nextInt(5); more > 0; more--) {
                hypothesis.add(Integer.toString(random.nextInt(2)));
            }
            int common = 0;
            while (common < Math.min(before.size(), hypothesis.size())
                    && before.get(common).equals(hypothesis.get(common))) {
                common++;
            }
            if (common > committed.size()) {
                committed = hypothesis.subList(0, common);
            }
            before = hypothesis;

            LocalAgreement.hear(heard, 0, String.join(" ", hypothesis));
            assertThat(heard.committed()).isEqualTo(String.join(" ", committed));
            assertThat(heard.text()).isEqualTo(String.join(" ", hypothesis));
        }
        assertThat(committed).as("seed %d commits words", seed).isNotEmpty();
    }

    /** Whatever is heard, in pieces or not. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void committedTextNeverShrinksNorChanges(long seed) {
        Random random = new Random(seed);
        Draft heard = new Draft(0);
        String committed = "";
        int grown = 0;
        for (int i = 0; i < 400; i++) {
            String hypothesis = random.ints(random.nextInt(9), 0, 3)
                    .mapToObj(word -> List.of("eins,", "Zwei", "三").get(word))
                    .collect(Collectors.joining(random.nextBoolean() ? " " : "  "));
            if (random.nextInt(20) == 0) {
                LocalAgreement.close(heard, heard.pieceStartSample + 10, hypothesis);
            } else {
                long next = random.nextInt(20) == 0 ? 5 : 0;
                LocalAgreement.hear(heard, heard.pieceStartSample + next, hypothesis);
            }
            assertThat(heard.committed()).startsWith(committed);
            assertThat(heard.text()).startsWith(heard.committed());
            grown += heard.committed().length() > committed.length() ? 1 : 0;
            committed = heard.committed();
        }
        assertThat(grown).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void repetitionIsTheNearestPrefix(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 300; run++) {
            List<String> committed = words(random);
            List<String> hypothesis = words(random);
            int best = LocalAgreement.repeated(
                    TextUnits.of(String.join(" ", committed)), TextUnits.of(String.join(" ", hypothesis)));
            int least = distance(committed, hypothesis.subList(0, best));
            for (int j = 0; j <= hypothesis.size(); j++) {
                int distance = distance(committed, hypothesis.subList(0, j));
                assertThat(distance).isGreaterThanOrEqualTo(least);
                if (distance == least) {
                    assertThat(Math.abs(j - committed.size()))
                            .isGreaterThanOrEqualTo(Math.abs(best - committed.size()));
                }
            }
        }
    }

    private static List<String> words(Random random) {
        return random.ints(random.nextInt(7), 0, 3).mapToObj(Integer::toString).toList();
    }

    /** Edit distance by its definition. */
    private static int distance(List<String> a, List<String> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.size() + b.size();
        }
        List<String> shorterA = a.subList(0, a.size() - 1);
        List<String> shorterB = b.subList(0, b.size() - 1);
        boolean same = a.get(a.size() - 1).equals(b.get(b.size() - 1));
        return Math.min(
                distance(shorterA, shorterB) + (same ? 0 : 1),
                1 + Math.min(distance(shorterA, b), distance(a, shorterB)));
    }
}
