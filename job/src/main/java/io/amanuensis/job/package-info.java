/**
 * The sentence: options, topology and the entry class of the job. {@link io.amanuensis.job.Topology} reads as what happens to a
 * call; everything else puts a source before it and sinks behind it.
 */
package io.amanuensis.job;
