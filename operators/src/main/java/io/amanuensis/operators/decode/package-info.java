/**
 * Encoder states in, tokens and text out, through the operator of {@code microbatch}. The states stay with the result, because
 * {@code align} needs them again. Whether the model heard anybody is decided here, by Whisper's rule.
 */
package io.amanuensis.operators.decode;
