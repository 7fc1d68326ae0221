/** PCM windows in, the same windows with Whisper's log-mel out. Chained to {@code encode}; the spectrogram never leaves memory. */
package io.amanuensis.operators.featurize;
