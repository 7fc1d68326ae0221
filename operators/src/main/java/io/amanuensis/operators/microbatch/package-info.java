/**
 * The custom asynchronous operators behind {@code encode}, {@code decode} and {@code align}: a thread of the operator's own
 * hands elements of any key to the speech engine, and results come back through the mailbox, each when it is done.
 * Elements in flight are in checkpoint state. {@link io.amanuensis.operators.microbatch.MicroBatchOperator} hands over whole
 * batches, {@link io.amanuensis.operators.microbatch.ContinuousOperator} keeps one running that elements join and leave; what a
 * batch means is the function's affair.
 */
package io.amanuensis.operators.microbatch;
