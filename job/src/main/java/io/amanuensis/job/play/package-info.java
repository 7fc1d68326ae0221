/**
 * A load of any size from a few recordings: recordings go in, as many calls as are asked for go onto the audio topic, with the
 * faults that are asked for. {@link io.amanuensis.job.play.FaultyCall} is without Kafka and a function of its seed; what it did to
 * each segment is in its {@link io.amanuensis.job.play.PlayedCall}, which tests compare with what the job makes of it. {@link
 * io.amanuensis.job.play.Latencies} measures what comes back.
 */
package io.amanuensis.job.play;
