/**
 * How sound becomes text: the Java face of the native library.
 *
 * <p>In: windows of 16-bit mono sound no longer than the model's, and a Whisper folder. Out: log-mel spectrograms, encoder states
 * in bfloat16, tokens and text, words with their times.
 *
 * <pre>{@code
 * SharedModels.acquire(folder, options)      one a JVM      weights, shared by all threads
 *   -> model.openSession()                   one a thread   scratch and caches
 *        -> logMel -> encode -> decode -> align
 * Call                                       one a thread   deadline; cancelled from any thread
 * }</pre>
 *
 * <p><b>Ownership.</b> Whoever opens a {@link io.amanuensis.engine.Model}, {@link io.amanuensis.engine.Session},
 * {@link io.amanuensis.engine.Call} or lease closes it; any order is safe, any thread may, twice is harmless, and use afterwards
 * is an {@link java.lang.IllegalStateException}. Arrays passed in are read during the call and not kept; what comes back is
 * the caller's. No native memory and no JNA type leaves this package.
 *
 * <p><b>Errors.</b> {@link io.amanuensis.engine.EngineException} for everything that data, model, device or deadline can cause;
 * its {@link io.amanuensis.engine.Status.Fault} tells a bad window from a bad device. {@link java.lang.IllegalStateException} and
 * {@link java.lang.IllegalArgumentException} for misuse of the API.
 *
 * <p><b>Layers.</b> {@code AmanuensisLibrary} is the C header and nothing else; everything else here turns handles into
 * closeable objects and statuses into exceptions.
 */
package io.amanuensis.engine;
