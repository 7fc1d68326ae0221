/**
 * PCM windows with log-mel in, encoder states out: one pass of the encoder a window, in micro-batches across calls, through the
 * operator of {@code microbatch}. Who computed the states and their checksum travel with them.
 */
package io.amanuensis.operators.encode;
