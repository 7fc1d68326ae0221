/**
 * Decoded windows in, outcomes out: word times by dynamic time warping on the model's alignment heads, and the record of the
 * window. From here on a window is text, non-speech or failed.
 */
package io.amanuensis.operators.align;
