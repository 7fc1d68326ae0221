/**
 * The transcripts of one recording as files people know from openai/whisper: txt, json, srt, vtt, tsv.
 *
 * <p>Enter: all transcripts of the recording. Leaves: text. A recording of one channel gives what Whisper's own writers give;
 * where several channels speak, each line says whose it is.
 */
package io.amanuensis.job.format;
