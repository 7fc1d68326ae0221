package io.amanuensis.operators.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.lifetime.StageHarness.Backend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The benchmarks measure what they say. */
class LoadsTest {
    /** 16 channels that never pause, 250 ms a record: the first window is full with the 121st record of a channel. */
    @ParameterizedTest
    @EnumSource
    void everyChannelFillsItsWindows(Backend backend) throws Exception {
        try (FrontChain chain = new FrontChain(backend)) {
            int windows = 0;
            for (int i = 0; i < 16 * 120; i++) {
                windows += chain.next();
            }
            assertThat(windows).isZero();
            for (int i = 0; i < 16; i++) {
                windows += chain.next();
            }
            assertThat(windows).isEqualTo(16);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsRead(SerializerLoad.Element element) throws Exception {
        SerializerLoad load = new SerializerLoad(element);

        assertThat(load.serialize()).isPositive();
        assertThat(load.deserialize()).usingRecursiveComparison().isEqualTo(load.copy());
    }
}
