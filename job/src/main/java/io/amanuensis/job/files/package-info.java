/**
 * Recordings in files, as the audio segments that a telephony platform would have put on Kafka.
 *
 * <p>Enter: WAV, AU and AIFF files. Leave: {@link io.amanuensis.schemas.AudioSegment}s of every channel, in the order of time.
 * A file is read as it is needed, never whole; whoever opens one closes it.
 */
package io.amanuensis.job.files;
