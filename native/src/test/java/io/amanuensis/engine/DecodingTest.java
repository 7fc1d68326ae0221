package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodingTest {
    /** Golden numbers: Python's {@code len(text.encode()) / len(zlib.compress(text.encode()))}, as the reference has it. */
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = '|',
            value = {
                "Hello.|1|0.42857142857142855",
                "The order number is eight two three five eight five.|1|1.0196078431372548",
                "no no |30|12.857142857142858",
                "Größe straße naïve café 東京 |3|2.297872340425532",
                // Levels 1 to 3 find less here.
                "Do you have the keyboard in purple? You can cancel at any time before "
                        + "the eleventh of July. Since Sunday the remote control is missing.|1|1.2053571428571428",
            })
    void theCompressionRatioIsTheReferences(String text, int times, double expected) {
        assertThat(Decoding.compressionRatioOf(text.repeat(times))).isCloseTo(expected, within(1e-12));
    }

    @Test
    void emptyTextHasNoCompressionRatio() {
        assertThat(Decoding.compressionRatioOf("")).isZero();
    }

    @Test
    void nobodyCanChangeItsTokens() {
        int[] tokens = {1, 2, 3};
        Decoding decoding = new Decoding(tokens, "a", "en", -0.5, 0, 1, true);
        tokens[0] = 9;
        decoding.tokens()[1] = 9;

        assertThat(decoding.tokens()).containsExactly(1, 2, 3);
        assertThat(decoding).isEqualTo(new Decoding(new int[] {1, 2, 3}, "a", "en", -0.5, 0, 1, true));
        assertThat(decoding).isNotEqualTo(new Decoding(tokens, "a", "en", -0.5, 0, 1, true));
    }

    /** The check value of CRC-32C in RFC 3720's polynomial, from the CRC catalogues. */
    @Test
    void theChecksumOfStatesIsCrc32c() {
        assertThat(States.checksum("123456789".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("e3069283");
        assertThat(States.checksum(new byte[0])).isEqualTo("00000000");
    }
}
