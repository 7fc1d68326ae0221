/**
 * The stage {@code decode-audio}. Enters: the segments of each channel in order, keyed by channel. Leaves: their sound at
 * 16 kHz as chunks without holes or overlaps, missing time as gaps, the end of the channel; on
 * {@link io.amanuensis.operators.read.DeadLetters#TAG} the segments that hold no usable sound. Every sample is counted here
 * once, before anybody judges it.
 *
 * <pre>
 * Segment -> PayloadDecoder (SampleFormat, G711, WavFile) -> Resampler -> PcmChunk
 *            \________________ ChannelDecoder: clock, gaps, refusals ____________/
 * </pre>
 *
 * <p>{@link io.amanuensis.operators.decodeaudio.DecodeAudioFunction} owns state, timers and metrics, and knows nothing of
 * sound; the others know nothing of Flink.
 */
package io.amanuensis.operators.decodeaudio;
