package io.amanuensis.operators.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.schemas.Digests;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeviceProofTest {
    @Test
    void cosineIsThatOfTheNumbers() {
        assertThat(Cosine.ofBf16(bf16(3, -4), bf16(3, -4))).isEqualTo(1);
        assertThat(Cosine.ofBf16(bf16(3, -4), bf16(6, -8))).isEqualTo(1);
        assertThat(Cosine.ofBf16(bf16(3, -4), bf16(-3, 4))).isEqualTo(-1);
        assertThat(Cosine.ofBf16(bf16(3, -4), bf16(4, 3))).isZero();
        assertThat(Cosine.ofBf16(bf16(1, 0.5f), bf16(0.5f, 1))).isCloseTo(0.8, within(1e-12));
    }

    @Test
    void cosineOfWhatIsNoOutputIsNone() {
        assertThat(Cosine.ofBf16(bf16(0, 0), bf16(3, -4))).isZero();
        assertThat(Cosine.ofBf16(bf16(0, 0), bf16(0, 0))).isEqualTo(1);
        assertThat(Cosine.ofBf16(bf16(Float.NaN, 1), bf16(3, -4))).isZero();
        assertThat(Cosine.ofBf16(bf16(Float.POSITIVE_INFINITY, 1), bf16(3, -4))).isZero();
        assertThatThrownBy(() -> Cosine.ofBf16(bf16(1), bf16(1, 2))).hasMessageContaining("2 and 4 bytes");
    }

    /** One number of a thousand with the wrong sign is noticed, rounding to bf16 is not. */
    @Test
    void gateTellsRoundingFromAWrongNumber() {
        Random random = new Random(7);
        float[] exact = new float[64_000];
        float[] coarse = new float[exact.length];
        float[] wrong = new float[exact.length];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = (float) random.nextGaussian();
            coarse[i] = exact[i] * (1 + (random.nextInt(3) - 1) / 128f);
            wrong[i] = i % 1000 == 0 ? -exact[i] : exact[i];
        }
        assertThat(Cosine.ofBf16(bf16(exact), bf16(coarse))).isGreaterThan(0.9999);
        assertThat(Cosine.ofBf16(bf16(exact), bf16(wrong))).isLessThan(0.999);
    }

    @Test
    void sampleIsAFunctionOfTheIdAndAsLargeAsAsked() {
        ProofSettings tenth = new ProofSettings(0.1, 0.999);
        int sampled = 0;
        for (int i = 0; i < 20_000; i++) {
            String id = Digests.id("window", i);
            assertThat(tenth.isSampled(id)).isEqualTo(tenth.isSampled(id));
            assertThat(new ProofSettings(1, 0.999).isSampled(id)).isTrue();
            assertThat(ProofSettings.NONE.isSampled(id)).isFalse();
            sampled += tenth.isSampled(id) ? 1 : 0;
        }
        assertThat(sampled).isBetween(1800, 2200); // 2000 and 4.7 standard deviations
    }

    private static byte[] bf16(float... numbers) {
        byte[] bytes = new byte[Short.BYTES * numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            int bits = Float.floatToIntBits(numbers[i]);
            bytes[2 * i] = (byte) (bits >> 16);
            bytes[2 * i + 1] = (byte) (bits >> 24);
        }
        return bytes;
    }
}
