package io.amanuensis.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.engine.Engine;
import io.amanuensis.job.kafka.KafkaSettings;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.findspeech.EnergyDetector;
import io.amanuensis.operators.findspeech.FindSpeechSettings;
import io.amanuensis.operators.findspeech.NeuralDetector;
import io.amanuensis.operators.microbatch.InFlightBounds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobConfigTest {
    private static final Map<String, String> ECHO =
            Map.of("model.back-end", "echo", "kafka.bootstrap.servers", "broker:9092");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "encode.batch-size | 0 | 1 to 64",
                "encode.batch-size | 65 | 1 to 64",
                "decode.batch-size | 65 | 1 to 64",
                "decode.beam-size | 17 | 1 to 16",
                "decode.temperatures | 0,hot | separated by commas",
                "decode.temperatures | 0,2.5 | 0 to 2",
                "decode.temperatures | 0,NaN | 0 to 2",
                "decode.compression-ratio-threshold | 0 | above 0",
                "engine.in-flight-batches | 1 | 2 to 100",
                "engine.timeout | 0 ms | 1 ms to 24 h",
                "engine.timeout | 2 d | 1 ms to 24 h",
                "decode.no-speech-threshold | 1.5 | 0 to 1",
                "decode.language | English | auto",
                "decode.max-tokens | -1 | 0 or more",
                "decode.min-tokens | -1 | 0 or more",
                "model.precision | int4 | is int4; legal: auto, f32, bf16, int8",
                "model.back-end | gpu | is gpu; legal: cpu, echo",
                "input.start | now | is now; legal: committed, earliest, latest",
                "output.encoding | xml | is xml; legal: avro, json",
                "native.threads | -1 | 0 to 256",
                "native.threads | 257 | 0 to 256",
                "output.transaction-timeout | 1 min | longer than execution.checkpointing.timeout",
                "sequence.gap-wait | 2 d | less than state.time-to-live",
                "sequence.gap-wait | 6 min | call.idle-timeout",
                "call.idle-timeout | 5 s | longer than sequence.gap-wait, which is PT5S, and at most state.time-to-live",
                "call.idle-timeout | 2 d | at most state.time-to-live, which is PT24H",
                "find-speech.detector | ears | is ears; legal: neural, energy",
                "find-speech.threshold | 1 | above 0, below 1",
                "find-speech.exit-threshold | 0.9 | at most find-speech.threshold, which is 0.85",
                "find-speech.min-speech | 3 s | 20 ms to 2000 ms",
                "find-speech.min-silence | 10 ms | 40 ms to 10000 ms",
                "find-speech.padding-before | 3 s | 0 ms to 2000 ms",
                "find-speech.padding-after | 5 s | 0 ms to 2000 ms",
                "find-speech.packing | maybe | is maybe; legal: off, on",
                "find-speech.packing-wait | 0 ms | 1000 ms to 600000 ms",
                "reference.allowed-prefixes | /data/calls/ | such as file:///data/calls/",
                "reference.max-size | 100 mb | 64 MiB",
                "reference.timeout | 0 ms | 1 ms or more",
                "input.max-segment-size | 100 mb | 64 MiB",
            })
    void illegalValueIsNamedWithItsKeyAndWhatIsLegal(String key, String value, String legal) {
        assertThatThrownBy(() -> config(key, value).kafka())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(legal);
    }

    @Test
    void beamsOfAllWindowsFitIntoTheDecoder() {
        Configuration configuration = Configuration.fromMap(ECHO);
        configuration.set(JobOptions.DECODE_BEAM_SIZE, 16);
        assertThat(JobConfig.from(configuration).decodeSettings().windows()).isEqualTo(16);
        configuration.set(JobOptions.DECODE_BATCH_SIZE, 17);
        assertThatThrownBy(() -> JobConfig.from(configuration))
                .hasMessage("decode.batch-size is 17; legal: 1 to 16 with decode.beam-size: 16");
    }

    @Test
    void speechSettingsReachTheStages() {
        FindSpeechSettings settings =
                config("find-speech.min-silence", "600 ms").findSpeechSettings();
        assertThat(settings.minSilenceMs()).isEqualTo(600);
        assertThat(settings.minSilenceFullMs()).isEqualTo(300);
        assertThat(settings.detector()).isInstanceOf(NeuralDetector.class);
        assertThat(config("find-speech.detector", "energy").findSpeechSettings().detector())
                .isInstanceOf(EnergyDetector.class);
        assertThat(config("call.idle-timeout", "1 min").sequenceSettings().callIdleTimeout())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void decodeHoldsItsBatchAndWhatTheEncoderBringsNext() {
        Configuration configuration = Configuration.fromMap(ECHO);
        configuration.set(JobOptions.ENCODE_BATCH_SIZE, 5);
        configuration.set(JobOptions.DECODE_BATCH_SIZE, 7);
        configuration.set(JobOptions.IN_FLIGHT_BATCHES, 3);
        configuration.set(JobOptions.IN_FLIGHT_SIZE, MemorySize.parse("1000b"));
        JobConfig config = JobConfig.from(configuration);
        assertThat(config.encodeBatchSettings().bounds()).isEqualTo(new InFlightBounds(3 * 5, 1000));
        assertThat(config.decodeBounds()).isEqualTo(new InFlightBounds(7 + 2 * 5, 1000));
    }

    @Test
    void temperaturesAreTriedInTheOrderGiven() {
        assertThat(temperatures("0")).containsExactly(0.0);
        assertThat(temperatures("0, 0.4,0.2")).containsExactly(0.0, 0.4, 0.2);
    }

    private static List<Double> temperatures(String value) {
        return config("decode.temperatures", value).decodeSettings().fallback().temperatures();
    }

    @Test
    void fewestTokensAreNotMoreThanTheMost() {
        Configuration configuration = Configuration.fromMap(ECHO);
        configuration.set(JobOptions.DECODE_MAX_TOKENS, 7);
        configuration.set(JobOptions.DECODE_MIN_TOKENS, 7);
        assertThat(JobConfig.from(configuration).decodeSettings().options().minTokens())
                .isEqualTo(7);
        configuration.set(JobOptions.DECODE_MIN_TOKENS, 8);
        assertThatThrownBy(() -> JobConfig.from(configuration))
                .hasMessage("decode.min-tokens is 8; legal: 0 or more, and at most decode.max-tokens, which is 7");
    }

    @Test
    void instructionSetPrecisionAndThreadsReachTheEngine() {
        int before = Engine.threads();
        Configuration configuration = Configuration.fromMap(Map.of(
                "model.path",
                DemoModel.MODEL.toString(),
                "model.isa",
                "portable",
                "model.precision",
                "int8",
                "native.threads",
                Integer.toString(before + 1)));
        try (SpeechEngine engine = JobConfig.from(configuration).speechEngine().open()) {
            assertThat(engine.facts().libraryBuild()).endsWith(" portable int8");
            assertThat(Engine.threads()).isEqualTo(before + 1);
        } finally {
            Engine.setThreads(before);
        }
    }

    @Test
    void modelPathIsNeededByTheCpuBackEndOnly() {
        config("model.back-end", "echo");
        assertThatThrownBy(() -> config("model.back-end", "cpu"))
                .hasMessageContaining("model.path is not set")
                .hasMessageContaining("model.safetensors");
    }

    @Test
    void kafkaKeysReachTheClientsWithoutTheirPrefix() {
        KafkaSettings kafka = config("kafka.security.protocol", "SASL_SSL").kafka();
        assertThat(kafka.client())
                .containsOnly(
                        Map.entry("bootstrap.servers", "broker:9092"), Map.entry("security.protocol", "SASL_SSL"));
    }

    @Test
    void argumentsGoOverTheFileAndTheFileOverDefaults(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("job.yaml");
        Files.writeString(file, "engine:\n  timeout: 7 s\nencode.batch-size: 3\n");
        Configuration parsed = JobArguments.parse(new String[] {"--config", file.toString(), "-Dencode.batch-size=5"});
        assertThat(parsed.get(JobOptions.ENGINE_TIMEOUT)).isEqualTo(Duration.ofSeconds(7));
        assertThat(parsed.get(JobOptions.ENCODE_BATCH_SIZE)).isEqualTo(5);
        assertThat(parsed.get(JobOptions.DECODE_BATCH_SIZE)).isEqualTo(16);
    }

    @Test
    void unknownArgumentAndMissingFileAreErrors() {
        assertThatThrownBy(() -> JobArguments.parse(new String[] {"--conf", "x"}))
                .hasMessageContaining("'--conf'");
        assertThatThrownBy(() -> JobArguments.parse(new String[] {"--config", "no/such.yaml"}))
                .hasMessageContaining("no/such.yaml");
    }

    @Test
    void operatorsChoiceGoesOverTheDefaultsButNotOverUidsAndTypes() {
        Configuration configuration = JobDefaults.under(Configuration.fromMap(Map.of(
                "execution.checkpointing.interval", "9 s",
                "restart-strategy", "fixed-delay", // a key of former versions of Flink, which it still reads
                "pipeline.generic-types", "true",
                "pipeline.auto-generate-uids", "true")));
        assertThat(configuration.toMap())
                .containsEntry("execution.checkpointing.interval", "9 s")
                .containsEntry("execution.checkpointing.interval-during-backlog", "10 s")
                .containsEntry("state.backend.type", "rocksdb")
                .doesNotContainKey("restart-strategy.type")
                .containsEntry("pipeline.generic-types", "false")
                .containsEntry("pipeline.auto-generate-uids", "false");
    }

    @Test
    void checkpointsAreNotMoreOftenInABacklog() {
        assertThat(duringBacklog("execution.checkpointing.interval", "90 s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(duringBacklog("execution.checkpointing.interval-during-backlog", "3 s"))
                .isEqualTo(Duration.ofSeconds(3));
    }

    private static Duration duringBacklog(String key, String value) {
        return JobDefaults.under(Configuration.fromMap(Map.of(key, value)))
                .get(CheckpointingOptions.CHECKPOINTING_INTERVAL_DURING_BACKLOG);
    }

    private static JobConfig config(String key, String value) {
        Configuration configuration = Configuration.fromMap(ECHO);
        configuration.setString(key, value);
        return JobConfig.from(configuration);
    }
}
