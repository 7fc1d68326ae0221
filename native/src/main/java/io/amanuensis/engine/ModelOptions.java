package io.amanuensis.engine;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * How to open a model. The library checks the values against what its build and the processor have.
 *
 * @param backEnd {@code cpu}; {@code npu}: the linear maps of the encoder's layers are computed by a device; or {@code echo}: no
 *     network is computed, states and text are a hash of the sound
 * @param isa {@code auto} or an instruction set that the processor has: {@code portable}, {@code avx2}, {@code avx512},
 *     {@code avx512vnni}, {@code avx512bf16}
 * @param precision what linear maps are computed in: {@code f32}, {@code bf16}, {@code int8}, or {@code auto}: bf16 where the
 *     instruction set multiplies it, else f32
 * @param audioContext over how much of a window the encoder runs
 * @param alignment how word times are found: {@code ctc}, {@code dtw}, or {@code auto}: ctc if the folder holds an alignment
 *     head
 * @param echoHoldMs how long every encode of the echo back end waits, 0 to 600000 ms; 0 for any other back end
 * @param device the device of back end npu; {@link DeviceOptions#NONE} for any other
 */
public record ModelOptions(
        String backEnd,
        String isa,
        String precision,
        AudioContext audioContext,
        String alignment,
        int echoHoldMs,
        DeviceOptions device)
        implements Serializable {
    public static final String CPU = "cpu";
    public static final String ECHO = "echo";
    public static final String NPU = "npu";
    private static final String AUTO = "auto";

    /** Over how much of a window the encoder runs. */
    public enum AudioContext {
        /** All of it, as models need that were trained on windows padded to their full length, as Whisper's own were. */
        FULL,
        /** As far as there is sound, for models that were trained on windows of any length. */
        ACTUAL
    }

    public ModelOptions {
        requireText("back-end", backEnd);
        requireText("isa", isa);
        requireText("precision", precision);
        requireText("alignment", alignment);
        Objects.requireNonNull(audioContext, "audioContext");
        Objects.requireNonNull(device, "device");
        if (echoHoldMs != 0 && !backEnd.equals(ECHO)) {
            throw new IllegalArgumentException("echo-hold-ms is %d, but only back-end echo can hold; back-end is %s"
                    .formatted(echoHoldMs, backEnd));
        }
        if (backEnd.equals(NPU) == device.equals(DeviceOptions.NONE)) {
            throw new IllegalArgumentException(
                    "Back-end npu and no other needs a device; back-end is %s, device options are %s"
                            .formatted(backEnd, device.toNative()));
        }
    }

    /** The network on this processor, with the best instruction set it has. */
    public static ModelOptions cpu() {
        return new ModelOptions(CPU, AUTO, AUTO, AudioContext.FULL, AUTO, 0, DeviceOptions.NONE);
    }

    /** No network: for tests of everything above the library. */
    public static ModelOptions echo() {
        return new ModelOptions(ECHO, AUTO, AUTO, AudioContext.FULL, AUTO, 0, DeviceOptions.NONE);
    }

    /** The network with the linear maps of its encoder's layers on a device. */
    public static ModelOptions npu(DeviceOptions device) {
        return new ModelOptions(NPU, AUTO, AUTO, AudioContext.FULL, AUTO, 0, device);
    }

    public ModelOptions withIsa(String newIsa) {
        return new ModelOptions(backEnd, newIsa, precision, audioContext, alignment, echoHoldMs, device);
    }

    public ModelOptions withPrecision(String newPrecision) {
        return new ModelOptions(backEnd, isa, newPrecision, audioContext, alignment, echoHoldMs, device);
    }

    public ModelOptions withEchoHoldMs(int newEchoHoldMs) {
        return new ModelOptions(backEnd, isa, precision, audioContext, alignment, newEchoHoldMs, device);
    }

    public ModelOptions withAlignment(String newAlignment) {
        return new ModelOptions(backEnd, isa, precision, audioContext, newAlignment, echoHoldMs, device);
    }

    public ModelOptions withAudioContext(AudioContext newAudioContext) {
        return new ModelOptions(backEnd, isa, precision, newAudioContext, alignment, echoHoldMs, device);
    }

    boolean isEcho() {
        return backEnd.equals(ECHO);
    }

    /** The keys and values of am_model_open. */
    Map<String, String> toNative() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("back-end", backEnd);
        options.put("isa", isa);
        options.put("precision", precision);
        options.put("alignment", alignment);
        options.put("audio-context", audioContext.name().toLowerCase(Locale.ROOT));
        if (echoHoldMs != 0) {
            options.put("echo-hold-ms", Integer.toString(echoHoldMs));
        }
        options.putAll(device.toNative());
        return options;
    }

    private static void requireText(String key, String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("The model option " + key + " is empty");
        }
    }
}
