/**
 * The whole job under load: calls that never pause are put on the audio topic, the job is started over them, and what it takes is
 * measured while all its stages are busy.
 *
 * <p>Enter: a model, and how many calls. Leave: a {@link io.amanuensis.job.bench.BenchResult}.
 */
package io.amanuensis.job.bench;
