/**
 * The stage {@code account}. Enters: what {@code decode-audio} counted of each channel and what {@code assemble} says became of
 * each span, keyed by call. Leaves: the record of each call when it is over, and revisions of it.
 *
 * <pre>
 * CountedSound -> \                                  / CallRecords, Conversation
 *                  -> ChannelTotals, CallAccount -> |
 * SettledSpan  -> /                                  \-> CallRecord
 * </pre>
 *
 * <p>{@link io.amanuensis.operators.account.AccountFunction} owns state, timers and metrics; the others know nothing of Flink.
 */
package io.amanuensis.operators.account;
