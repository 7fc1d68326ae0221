/** Decoded windows in, outcomes out, each with the record of its window. From here on a window is text, non-speech or failed. */
package io.amanuensis.operators.align;
