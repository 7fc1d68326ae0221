package io.amanuensis.engine;

import io.amanuensis.engine.AmanuensisLibrary.AmOptions;
import java.util.Map;

/** Options on their way into the library, as pairs of strings. */
final class NativeOptions {
    private NativeOptions() {}

    /** Native options with these keys and values, to be closed by the caller. */
    static NativeHandle<AmOptions> open(Map<String, String> options) {
        NativeHandle<AmOptions> opened = NativeHandle.open(
                "set of options",
                new AmOptions(),
                AmanuensisLibrary::am_options_open,
                AmanuensisLibrary::am_options_close);
        try {
            options.forEach(
                    (key, value) -> EngineException.check(AmanuensisLibrary.am_options_set(opened.get(), key, value)));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }
}
