/**
 * The stage {@code fetch}, in jobs that read payloads by reference. Enters and leaves: what {@code read} made of the records, in
 * their order. A segment with a reference leaves with its payload, or with the reason why there is none; it then stays in its place
 * in the channel, and {@code decode-audio} refuses it.
 *
 * <pre>
 * ReadRecord -> FetchFunction -> AllowedPrefixes, ReferenceReader -> ReadRecord
 * </pre>
 */
package io.amanuensis.operators.fetch;
