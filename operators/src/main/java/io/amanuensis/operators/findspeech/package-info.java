/**
 * The stage {@code find-speech}. Enters: the sound of each channel as chunks without holes, keyed by channel. Leaves: windows
 * of speech no longer than the model's; on {@link io.amanuensis.operators.findspeech.FindSpeechFunction#SPANS} the
 * announcement of everything, speech or not, so that nothing of a call is forgotten. On {@code NEWS} and {@code SO_FAR} what is
 * known of an utterance before its window is complete.
 *
 * <pre>
 * PcmChunk -> frames -> SpeechDetector -> UtteranceFinder -> Span, PcmWindow
 *         \-> Recording -----------------------^
 * </pre>
 *
 * <p>{@link io.amanuensis.operators.findspeech.FindSpeechFunction} owns state, timers and metrics; the others know nothing of
 * Flink. the network of {@link io.amanuensis.operators.findspeech.NeuralDetector} is computed in the native library.
 */
package io.amanuensis.operators.findspeech;
