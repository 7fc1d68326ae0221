/**
 * Windows that could not be transcribed when their turn came: {@code encode} makes {@link io.amanuensis.schemas.ParkedWindow}s of
 * them, which leave on the retry topic. The way back reads that topic and has two stages of its own around those of any window:
 * {@code unpark} before {@code featurize} and {@code settle} behind {@code guard}, in place of {@code assemble}.
 */
package io.amanuensis.operators.retry;
