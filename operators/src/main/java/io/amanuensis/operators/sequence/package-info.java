/**
 * The stage {@code sequence}. Enters: what {@code read} made of each Kafka record, in the order of its partition, keyed by
 * channel. Leaves: the segments of each channel and stream epoch by ascending sequence, each once; on
 * {@link io.amanuensis.operators.read.DeadLetters#TAG} those without a place.
 *
 * <p>{@link io.amanuensis.operators.sequence.SequenceFunction} owns state, timers and metrics;
 * {@link io.amanuensis.operators.sequence.SegmentSequencer} decides.
 */
package io.amanuensis.operators.sequence;
