/**
 * The stage {@code hypothesize}. Enters: the sound of utterances under way, at fixed positions of their channel. Leaves: what
 * they seem to say so far, in the order of each channel, but for those that had to give way to finals.
 *
 * <p>A small speech path of its own beside {@code encode} and {@code decode}: weights and threads are those of the process, the
 * queue is not, so that no final ever stands behind a partial in one. {@link
 * io.amanuensis.operators.microbatch.YieldingOperator} says when it gives way.
 */
package io.amanuensis.operators.hypothesize;
