/**
 * Recordings in files through the job's own topology, inside this JVM and without Kafka: only source and sink differ.
 *
 * <p>Enter: recordings. Leave: their transcripts and dead letters, handed to the caller while the job runs.
 */
package io.amanuensis.job.transcribe;
