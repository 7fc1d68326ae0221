package io.amanuensis.job.format;

import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The shapes a transcript is written in. */
public enum TranscriptFormat {
    /** One utterance a line. */
    TXT {
        @Override
        void write(Recording recording, Appendable out) throws IOException {
            for (Transcript transcript : recording.transcripts()) {
                out.append(recording.manyChannels() ? Recording.speaker(transcript) + ": " : "")
                        .append(transcript.getText().strip())
                        .append('\n');
            }
        }
    },

    /** Whisper's result object: {@code text}, {@code segments} with {@code words}, {@code language}; times in seconds. */
    JSON {
        @Override
        void write(Recording recording, Appendable out) throws IOException {
            out.append(JsonShape.of(recording)).append('\n');
        }
    },

    /** SubRip subtitles. */
    SRT {
        @Override
        void write(Recording recording, Appendable out) throws IOException {
            int number = 0;
            for (Transcript transcript : recording.transcripts()) {
                for (Cue cue : Cue.of(transcript)) {
                    out.append(Integer.toString(++number))
                            .append('\n')
                            .append(Timestamps.srt(cue.startMs()))
                            .append(" --> ")
                            .append(Timestamps.srt(cue.endMs()))
                            .append('\n')
                            .append(recording.manyChannels() ? "[" + Recording.speaker(transcript) + "]: " : "")
                            .append(cue.text().replace("-->", "->"))
                            .append("\n\n");
                }
            }
        }
    },

    /** WebVTT subtitles; several channels are told apart by voice spans. */
    VTT {
        @Override
        void write(Recording recording, Appendable out) throws IOException {
            out.append("WEBVTT\n\n");
            for (Transcript transcript : recording.transcripts()) {
                for (Cue cue : Cue.of(transcript)) {
                    out.append(Timestamps.vtt(cue.startMs()))
                            .append(" --> ")
                            .append(Timestamps.vtt(cue.endMs()))
                            .append('\n')
                            .append(recording.manyChannels() ? "<v " + Recording.speaker(transcript) + ">" : "")
                            .append(escape(cue.text()))
                            .append("\n\n");
                }
            }
        }

        private static String escape(String text) {
            return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        }
    },

    /** Tab-separated {@code start}, {@code end}, {@code text}, times in ms; with several channels a last column {@code speaker}. */
    TSV {
        @Override
        void write(Recording recording, Appendable out) throws IOException {
            out.append("start\tend\ttext").append(recording.manyChannels() ? "\tspeaker\n" : "\n");
            for (Transcript transcript : recording.transcripts()) {
                out.append(Long.toString(transcript.getStartMs()))
                        .append('\t')
                        .append(Long.toString(transcript.getEndMs()))
                        .append('\t')
                        .append(transcript.getText().strip().replaceAll("[\t\r\n]", " "))
                        .append(recording.manyChannels() ? "\t" + Recording.speaker(transcript) : "")
                        .append('\n');
            }
        }
    };

    /**
     * Writes the transcripts of one recording.
     *
     * @param transcripts in any order
     * @throws IOException if {@code out} does
     */
    public final void write(List<Transcript> transcripts, Appendable out) throws IOException {
        write(new Recording(transcripts), out);
    }

    /** Without the dot. */
    public String fileExtension() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract void write(Recording recording, Appendable out) throws IOException;
}
