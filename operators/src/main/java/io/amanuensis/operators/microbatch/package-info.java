/**
 * The custom asynchronous operator behind {@code encode}, {@code decode} and {@code align}: elements of any key gather into
 * micro-batches, a thread of the operator's own hands each batch to the speech engine, and results come back through
 * the mailbox in the order of arrival. Elements in flight are in checkpoint state. What a batch means is a {@link
 * io.amanuensis.operators.microbatch.BatchFunction}'s affair.
 */
package io.amanuensis.operators.microbatch;
