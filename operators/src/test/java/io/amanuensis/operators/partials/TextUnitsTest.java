package io.amanuensis.operators.partials;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextUnitsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "Yes, that's right. | yes thats right",
                "GRÖSSE zwei  - bitte! | grösse zwei - bitte",
                "一二、三。 | 一 二 三",
                "我用Whisper写 | 我 用 whisper 写",
                "สวัสดี | ส วั ส ดี",
                "นี้ดี | นี้ ดี",
                "123-456 | 123456",
            })
    void unitsAreWordsOrSingleCharacters(String text, String keys) {
        assertThat(TextUnits.keys(TextUnits.of(text))).containsExactly(keys.split(" "));
    }

    @Test
    void nothingHasNoUnits() {
        assertThat(TextUnits.of("")).isEmpty();
        assertThat(TextUnits.of(" \t ")).isEmpty();
    }

    /** Also where it is taken apart and put together in the middle. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void joinedUnitsAreTheText(long seed) {
        Random random = new Random(seed);
        String[] parts = {"one", "Two,", "三", "四。", "five-", "ö", "ก", "x", " ", " ", "'s"};
        for (int run = 0; run < 200; run++) {
            StringBuilder made = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                made.append(parts[random.nextInt(parts.length)]);
            }
            String text = made.toString().replaceAll(" +", " ").strip();
            List<TextUnits.Unit> units = TextUnits.of(text);
            assertThat(TextUnits.join(units)).isEqualTo(text);
            assertThat(TextUnits.of(TextUnits.join(units))).isEqualTo(units);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\" | \" a\" | a",
                "a | \"\" | a",
                "a | b | a b",
                "a | \" b\" | a b",
                "一 | 二 | 一二",
                "a, | 二 | a,二",
            })
    void appendedTextHasABlankBetweenWords(String text, String more, String expected) {
        assertThat(TextUnits.append(text, more)).isEqualTo(expected);
    }
}
