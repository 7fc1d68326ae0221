/**
 * How good a transcript is: word error rate and word-time error against what was really said.
 *
 * <p>Enter: transcripts and the {@link io.amanuensis.job.score.ReferenceCall} of a recording. Leaves: a
 * {@link io.amanuensis.job.score.CallScore}. Nothing here knows of Flink or Kafka.
 */
package io.amanuensis.job.score;
