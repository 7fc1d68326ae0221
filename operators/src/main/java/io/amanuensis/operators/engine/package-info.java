/**
 * The speech engine as the stages see it. {@link io.amanuensis.operators.engine.NativeSpeechEngine} is the one that runs;
 * tests put others in its place to prove that text comes from the encoder output and nothing else.
 */
package io.amanuensis.operators.engine;
