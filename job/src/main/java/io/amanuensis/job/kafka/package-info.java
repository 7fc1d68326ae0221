/**
 * The edges of the job on Kafka: records in through {@code read}, transcripts and dead letters out in transactions. What the bytes
 * mean is the operators' affair; nothing else in the project knows Kafka's client types except the embedded demo.
 */
package io.amanuensis.job.kafka;
