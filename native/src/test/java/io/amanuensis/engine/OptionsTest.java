package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.engine.DecoderOptions.Cache;
import io.amanuensis.engine.DecodingOptions.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void defaultsLeaveToTheLibraryWhatTheLibraryKnowsBest() {
        assertThat(ModelOptions.cpu().toNative())
                .isEqualTo(Map.of(
                        "back-end",
                        "cpu",
                        "isa",
                        "auto",
                        "precision",
                        "auto",
                        "audio-context",
                        "full",
                        "alignment",
                        "auto"));
        assertThat(DecodingOptions.defaults().toNative()).isEqualTo(Map.of("task", "transcribe", "timestamps", "on"));
    }

    @Test
    void everyOptionCrosses() {
        assertThat(ModelOptions.echo()
                        .withIsa("portable")
                        .withPrecision("int8")
                        .withAudioContext(ModelOptions.AudioContext.ACTUAL)
                        .withAlignment("dtw")
                        .withEchoHoldMs(5)
                        .toNative())
                .isEqualTo(Map.of(
                        "back-end",
                        "echo",
                        "isa",
                        "portable",
                        "precision",
                        "int8",
                        "audio-context",
                        "actual",
                        "alignment",
                        "dtw",
                        "echo-hold-ms",
                        "5"));
        assertThat(DecoderOptions.defaults()
                        .withWindows(3)
                        .withCache(Cache.BF16)
                        .withWordTimes(false)
                        .toNative())
                .isEqualTo(Map.of("windows", "3", "kv-cache", "bf16", "word-times", "off"));
        assertThat(DecodingOptions.defaults().withMinTokens(2).withBeamSize(5).toNative())
                .containsEntry("min-tokens", "2")
                .containsEntry("beam-size", "5");
        assertThat(DecodingOptions.defaults().withTemperature(0.4).toNative()).containsEntry("temperature", "0.4");
        assertThat(DecodingOptions.defaults()
                        .withLanguage("de")
                        .withTask(Task.TRANSLATE)
                        .withTimestamps(false)
                        .withMaxTokens(7)
                        .toNative())
                .isEqualTo(Map.of("language", "de", "task", "translate", "timestamps", "off", "max-tokens", "7"));
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        assertRefused(() -> ModelOptions.cpu().withEchoHoldMs(1), "echo-hold-ms is 1", "cpu");
        assertRefused(() -> ModelOptions.cpu().withIsa(" "), "isa is empty");
        assertRefused(
                () -> new ModelOptions(
                        null, "auto", "auto", ModelOptions.AudioContext.FULL, "auto", 0, DeviceOptions.NONE),
                "back-end is empty");
        assertRefused(() -> DecodingOptions.defaults().withLanguage("English"), "language is 'English'", "auto");
        assertRefused(() -> DecodingOptions.defaults().withTask(null), "task is null", "TRANSLATE");
        assertRefused(() -> ModelOptions.cpu().withPrecision(""), "precision is empty");
        assertRefused(() -> DecodingOptions.defaults().withMaxTokens(-1), "max-tokens is -1");
        assertRefused(() -> DecodingOptions.defaults().withMinTokens(-1), "min-tokens is -1");
        assertRefused(() -> DecodingOptions.defaults().withBeamSize(17), "beam-size is 17", "1 to 16");
        assertRefused(() -> DecodingOptions.defaults().withTemperature(Double.NaN), "temperature is NaN", "0 to 2");
        assertRefused(() -> DecodingOptions.defaults().withTemperature(1).withBeamSize(2), "temperature 0");
        assertRefused(() -> DecoderOptions.defaults().withWindows(0), "windows is 0", "1 to 256");
        assertRefused(() -> DecoderOptions.defaults().withCache(null), "kv-cache is null");
    }

    @Test
    void optionsTravelInSerializedOperators() throws Exception {
        ModelOptions model = ModelOptions.echo().withEchoHoldMs(5);
        DecodingOptions decoding = DecodingOptions.defaults().withLanguage("en").withMaxTokens(9);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(model);
            out.writeObject(decoding);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(model);
            assertThat(in.readObject()).isEqualTo(decoding);
        }
    }

    private static void assertRefused(Runnable use, String... parts) {
        assertThatThrownBy(use::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }
}
