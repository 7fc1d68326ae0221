/**
 * A Flink cluster of separate JVMs, started from the distribution as an administrator would: for tests that kill processes and
 * run more than one job in a task manager. They are integration tests ({@code *IT}), since they need the packaged distribution.
 */
package io.amanuensis.job.cluster;
