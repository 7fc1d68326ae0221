/**
 * Bytes of Kafka records or files enter; {@link io.amanuensis.operators.read.ReadRecord}s leave: a
 * {@link io.amanuensis.operators.element.Segment} that keeps the documented ranges, or the dead letter of what cannot be one.
 * No input makes this stage throw. Nothing here knows Kafka; the job adapts its source.
 */
package io.amanuensis.operators.read;
