package io.amanuensis.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.Model;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.Session;
import io.amanuensis.job.DemoModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessUseTest {
    /** What the JVM reads of the process's time is counted in these. */
    private static final long CLOCK_TICK_NANOS = 10_000_000;

    @Test
    void nativeComputationIsToldApartFromWhatJavaDoes() {
        try (Model model = Model.open(DemoModel.MODEL, ModelOptions.cpu());
                Session session = model.openSession()) {
            float[] logMel = new float[model.melLength()];
            ProcessUse begin = ProcessUse.now();
            ProcessUse java = begin;
            // Processor time is counted in ticks, and a tick's work is not known in advance.
            for (int round = 0; round < 10_000 && java.cpuNanos() <= begin.cpuNanos() + CLOCK_TICK_NANOS; round++) {
                for (int i = 0; i < 1_000_000; i++) {
                    logMel[i % logMel.length] = i % 7 - 3;
                }
                java = ProcessUse.now();
            }
            for (int i = 0; i < 20; i++) {
                session.encode(List.of(logMel), null);
            }
            ProcessUse computed = ProcessUse.now();

            assertThat(java.nativeNanos()).isEqualTo(begin.nativeNanos());
            assertThat(java.cpuNanos()).isGreaterThan(begin.cpuNanos());
            long computation = computed.nativeNanos() - java.nativeNanos();
            assertThat(computation)
                    .isPositive()
                    .isLessThanOrEqualTo(computed.cpuNanos() - java.cpuNanos() + CLOCK_TICK_NANOS);
        }
    }
}
