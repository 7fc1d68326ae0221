/**
 * Finished Avro records enter; {@link io.amanuensis.operators.publish.OutputRecord}s leave: the key, value and headers to
 * produce, in the encoding that was chosen. Nothing here knows Kafka; the job adapts its sinks.
 */
package io.amanuensis.operators.publish;
