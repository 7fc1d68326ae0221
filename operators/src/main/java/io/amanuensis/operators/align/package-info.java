/** Decoded windows in, outcomes out, each with the record of its utterance: a window may have several. From here on an utterance is text, non-speech or failed. */
package io.amanuensis.operators.align;
