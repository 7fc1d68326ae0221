package io.amanuensis.job.format;

import static io.amanuensis.job.Transcripts.word;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.Transcripts;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected files were written by hand after the writers of openai/whisper. */
class TranscriptFormatTest {
    private static final List<Transcript> ONE_CHANNEL = List.of(
            Transcripts.of(0, ChannelRole.UNKNOWN, 3_603_005, 3_606_020, " I ordered two lamps & a chair."),
            Transcripts.of(0, ChannelRole.UNKNOWN, 600, 2240, "Hello, my name is Brian."));

    private static final List<Transcript> TWO_CHANNELS = List.of(
            Transcripts.of(0, ChannelRole.AGENT, 5000, 5900, "Sorry."),
            Transcripts.of(1, ChannelRole.UNKNOWN, 2000, 4000, "Hi --> it broke."),
            Transcripts.of(
                    0,
                    ChannelRole.AGENT,
                    0,
                    3000,
                    "Good morning. How can I help you?",
                    word("Good", 500, 800),
                    word("morning.", 800, 1200),
                    word("How", 1500, 1600),
                    word("can", 1600, 1700),
                    word("I", 1700, 1800),
                    word("help", 1800, 2100),
                    word("you?", 2100, 2500)));

    @ParameterizedTest
    @EnumSource
    void writesOneChannelAsWhisperDoes(TranscriptFormat format) throws IOException {
        assertThat(written(format, ONE_CHANNEL)).isEqualTo(golden("one-channel." + format.fileExtension()));
    }

    @ParameterizedTest
    @EnumSource
    void saysWhoSpeaksWhereSeveralDo(TranscriptFormat format) throws IOException {
        assertThat(written(format, TWO_CHANNELS)).isEqualTo(golden("two-channels." + format.fileExtension()));
    }

    @Test
    void silenceIsStillAFileOfItsFormat() throws IOException {
        assertThat(written(TranscriptFormat.TXT, List.of())).isEmpty();
        assertThat(written(TranscriptFormat.SRT, List.of())).isEmpty();
        assertThat(written(TranscriptFormat.VTT, List.of())).isEqualTo("WEBVTT\n\n");
        assertThat(written(TranscriptFormat.TSV, List.of())).isEqualTo("start\tend\ttext\n");
        assertThat(written(TranscriptFormat.JSON, List.of()).replaceAll("\\s", ""))
                .isEqualTo("{\"text\":\"\",\"segments\":[],\"language\":null}");
    }

    @Test
    void tsvKeepsAnUtteranceOnItsLine() throws IOException {
        assertThat(written(TranscriptFormat.TSV, List.of(Transcripts.of(0, ChannelRole.UNKNOWN, 0, 1, "a\tb\nc"))))
                .isEqualTo("start\tend\ttext\n0\t1\ta b c\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 13, 23, 24, 25, 50})
    void longSentencesAreCutIntoCuesOfAboutEqualLengthThatKeepEveryWord(int wordCount) {
        Word[] words = IntStream.range(0, wordCount)
                .mapToObj(i -> word("word" + i % 10 + "x", i * 100L, i * 100L + 90))
                .toArray(Word[]::new);

        List<Cue> cues = Cue.of(Transcripts.of(0, ChannelRole.UNKNOWN, 0, 5000, "unused", words));

        String text = String.join(" ", Stream.of(words).map(Word::getText).toList());
        assertThat(String.join(" ", cues.stream().map(Cue::text).toList())).isEqualTo(text);
        assertThat(cues).hasSize((text.length() - 1) / Cue.MAX_CHARS + 1).allSatisfy(cue -> assertThat(
                        cue.text().length())
                .isLessThanOrEqualTo(Cue.MAX_CHARS)
                .isGreaterThan(text.length() / cues.size() / 2));
        assertThat(cues.get(0).startMs()).isZero();
        assertThat(cues.get(cues.size() - 1).endMs()).isEqualTo((wordCount - 1) * 100L + 90);
    }

    private static String written(TranscriptFormat format, List<Transcript> transcripts) throws IOException {
        StringBuilder out = new StringBuilder();
        format.write(transcripts, out);
        return out.toString();
    }

    private static String golden(String file) throws IOException {
        try (InputStream in = TranscriptFormatTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
