/**
 * The stage {@code partials}. Enters: who begins and ceases to speak, what utterances under way seem to say, and how their windows
 * ended; keyed by channel. Leaves: the records of the partials topic.
 *
 * <pre>
 * find-speech -- NEWS ------------------------> partials -> Partial
 *      \-- SO_FAR -> hypothesize -- SpeechNews -^     ^
 *                                   assemble -- OUTCOMES
 * </pre>
 *
 * <p>{@link io.amanuensis.operators.partials.PartialsFunction} owns state and metrics; {@link
 * io.amanuensis.operators.partials.LocalAgreement} knows nothing of Flink. Nothing of this finds its way back: finals are the
 * same with partials and without.
 */
package io.amanuensis.operators.partials;
