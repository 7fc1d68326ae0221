/**
 * The demonstration: calls are played onto a Kafka topic and the job's transcripts read back, as a telephony platform on one side
 * and a dashboard on the other would do it.
 *
 * <p>Enter: recordings with what was really said. Leave: transcripts as they are published, and a
 * {@link io.amanuensis.job.demo.DemoResult} when all of every call has been.
 */
package io.amanuensis.job.demo;
