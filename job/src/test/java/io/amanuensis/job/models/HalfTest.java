package io.amanuensis.job.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfTest {
    @Test
    void everyHalfIsItself() {
        for (int bits = 0; bits < 1 << Short.SIZE; bits++) {
            float value = value((short) bits);
            if (!Float.isNaN(value) && bits != 0x8000) {
                assertThat(Half.of(value)).as("half %04x", bits).isEqualTo((short) bits);
            }
        }
    }

    /** 1 is 3c00 and the next half 3c01, 1 + 2^-10; 65504 is the largest, 2^-24 the smallest. */
    @ParameterizedTest
    @CsvSource({
        "0x1.001p0, 3c00",
        "0x1.002p0, 3c00",
        "0x1.003p0, 3c01",
        "0x1.006p0, 3c02",
        "-0x1.ffep0, c000",
        "65519, 7bff",
        "65520, 7c00",
        "-1e30, fc00",
        "0x1p-25, 0000",
        "0x1.8p-25, 0001",
        "0x1.8p-24, 0002",
        "0x1.ffbp-15, 03ff",
        "0x1.ffcp-15, 0400"
    })
    void theNearestIsTaken(float value, String half) {
        assertThat(String.format("%04x", Half.of(value))).isEqualTo(half);
    }

    @Test
    void whatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> Half.of(Float.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    /** By the definition of the format. */
    static float value(short half) {
        int exponent = half >> 10 & 31;
        int fraction = half & 1023;
        double magnitude;
        if (exponent == 31) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * Math.pow(2, -24);
        } else {
            magnitude = (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
        }
        return (float) (half < 0 ? -magnitude : magnitude);
    }
}
