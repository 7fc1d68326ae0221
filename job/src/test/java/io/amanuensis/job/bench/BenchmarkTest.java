package io.amanuensis.job.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.models.RandomModel;
import io.amanuensis.job.models.WhisperShape;
import io.amanuensis.job.models.WhisperShape.AlignmentHead;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkTest {
    private static final int WINDOW_SECONDS = 3;
    private static final int TOKENS = 7;
    private static final WhisperShape SMALL = new WhisperShape(
            80, 64, 1, 1, 4, 256, WINDOW_SECONDS, 48, 2000, List.of("en"), List.of(new AlignmentHead(0, 0)));

    @TempDir
    Path model;

    @Test
    void everyWindowIsFullOfSpeechAndMeasuredOnce() throws Exception {
        RandomModel.write(model, SMALL, 1);
        Configuration configuration = JobDefaults.under(Configuration.fromMap(Map.ofEntries(
                Map.entry("model.path", model.toString()),
                Map.entry("decode.max-tokens", Integer.toString(TOKENS)),
                Map.entry("decode.min-tokens", Integer.toString(TOKENS)),
                Map.entry("decode.timestamps", "false"),
                // Windows of as many tokens that are decoded together end together: few of them, so that they come one
                // by one.
                Map.entry("decode.batch-size", "2"),
                Map.entry("decode.no-speech-threshold", "1"),
                Map.entry("restart-strategy.type", "none"),
                Map.entry("rest.bind-port", "0"),
                Map.entry("taskmanager.numberOfTaskSlots", "2"),
                Map.entry("parallelism.default", "2"),
                Map.entry("guard.enabled", "false"),
                Map.entry("partials.enabled", "false"),
                Map.entry("find-speech.seam-context", "0 ms"))));
        List<Integer> progress = new ArrayList<>();

        BenchResult result = new Benchmark(new BenchSettings(3, 40, 4, 30), configuration)
                .run(List.of(DemoModel.TEST_SET.resolve("call-1-late-order.wav")), progress::add);

        assertThat(progress).isSorted().endsWith(120);
        assertThat(result.windows()).isBetween(1, 116);
        assertThat(result.audioSeconds() / result.windows()).isCloseTo(WINDOW_SECONDS - 0.06, within(0.05));
        assertThat(result.tokensPerWindow()).isEqualTo(TOKENS);
        assertThat(result.audioSecondsPerSecond() * result.wallSeconds())
                .isCloseTo(result.audioSeconds(), within(1e-6));
        assertThat(result.audioSecondsPerSecondPerCore() * result.cores())
                .isCloseTo(result.audioSecondsPerSecond(), within(1e-6));
        assertThat(List.of(
                        result.stageMs().featurize(),
                        result.stageMs().encode(),
                        result.stageMs().decode(),
                        result.stageMs().align(),
                        result.cpuSeconds().total()))
                .allSatisfy(value -> assertThat(value).isPositive());
        assertThat(result.cpuMsPerAudioSecond().total() * result.audioSeconds())
                .isCloseTo(1000 * result.cpuSeconds().total(), within(1e-3));
        assertThat(result.cpuShares().total()).isCloseTo(1, within(1e-9));
        assertThat(result.cpuShares().computing() + result.cpuShares().rest()).isCloseTo(1, within(1e-9));
        assertThat(result.nativeThreads()).isEqualTo(result.cores());
        assertThat(result.residentPeakBytes()).isGreaterThan(50_000_000);
        assertThat(result.threads()).isGreaterThan(20);
        assertThat(result.processor()).isNotBlank();
        assertThat(result.stateBackend()).isEqualTo("rocksdb");
        assertThat(result.modelHash()).hasSize(64);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 0, calls: 0",
        "1, 0, 1, 0, windows per call: 0",
        "2, 3, 6, 0, warm-up windows: 6; legal: 1 to 5",
        "2, 3, 4, 2, cool-down windows: 2; legal: 0 to 1"
    })
    void senselessLoadsAreRefused(int calls, int windowsPerCall, int warmUp, int coolDown, String message) {
        assertThatThrownBy(() -> new BenchSettings(calls, windowsPerCall, warmUp, coolDown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
