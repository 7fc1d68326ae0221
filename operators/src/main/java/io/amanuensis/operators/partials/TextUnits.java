package io.amanuensis.operators.partials;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Text in the units that hypotheses are compared by: words, or single characters of scripts that are written without blanks. Put
 * together again the units are the text, but for blanks at its end and runs of blanks.
 */
final class TextUnits {
    private static final Set<UnicodeScript> WITHOUT_BLANKS = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);

    private TextUnits() {}

    /**
     * A word with its punctuation.
     *
     * @param blankBefore whether a blank separates it from the unit before
     */
    record Unit(String text, boolean blankBefore) {

        /** Letters and digits in lower case; the text itself if it has none: hypotheses waver about the rest. */
        String key() {
            StringBuilder key = new StringBuilder();
            text.codePoints()
                    .filter(point -> Character.isLetterOrDigit(point) || isMark(point))
                    .forEach(key::appendCodePoint);
            return key.isEmpty() ? text : key.toString().toLowerCase(Locale.ROOT);
        }
    }

    static List<Unit> of(String text) {
        List<Unit> units = new ArrayList<>();
        StringBuilder unit = new StringBuilder();
        boolean blankBefore = false;
        boolean single = false;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            boolean blank = Character.isWhitespace(point);
            boolean ends = blank || standsAlone(point) || (single && Character.isLetterOrDigit(point));
            if (ends && !unit.isEmpty()) {
                units.add(new Unit(unit.toString(), blankBefore));
                unit.setLength(0);
                blankBefore = false;
            }
            if (blank) {
                blankBefore = true;
                single = false;
            } else {
                if (unit.isEmpty()) {
                    single = standsAlone(point);
                }
                unit.appendCodePoint(point);
            }
        }
        if (!unit.isEmpty()) {
            units.add(new Unit(unit.toString(), blankBefore));
        }
        return units;
    }

    static String join(List<Unit> units) {
        StringBuilder text = new StringBuilder();
        units.forEach(unit -> text.append(unit.blankBefore() ? " " : "").append(unit.text()));
        return text.toString();
    }

    /** The one text behind the other, with a blank between words. */
    static String append(String text, String more) {
        if (text.isEmpty() || more.isEmpty()) {
            return text + more.stripLeading();
        }
        int first = more.codePointAt(0);
        return text + (Character.isWhitespace(first) || standsAlone(first) ? "" : " ") + more;
    }

    static List<String> keys(List<Unit> units) {
        return units.stream().map(Unit::key).toList();
    }

    private static boolean standsAlone(int point) {
        return Character.isLetterOrDigit(point) && WITHOUT_BLANKS.contains(UnicodeScript.of(point));
    }

    private static boolean isMark(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }
}
