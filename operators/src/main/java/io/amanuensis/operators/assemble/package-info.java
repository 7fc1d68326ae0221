/**
 * Announced spans and outcomes in, transcripts out in the order of each channel, dead letters of failed windows on the side.
 * The one place that knows whether every window of a call has been answered for.
 */
package io.amanuensis.operators.assemble;
