package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.Transcripts;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PartialKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LiveSpeechTest {
    private static final int COLUMNS = 60;
    private static final Pattern UP_AND_ERASE = Pattern.compile("\r\033\\[(\\d+)A\033\\[J");

    private final StringWriter written = new StringWriter();
    private final LiveSpeech live = new LiveSpeech(new PrintWriter(written), COLUMNS);

    @Test
    void aLineChangesInPlaceUntilItsFinalIsThere() {
        show(hypothesis(0, 1000, "", "hello"));
        show(hypothesis(1, 1500, "", "good"));
        show(hypothesis(0, 1000, "hello my", "hello my name is"));
        assertThat(screen()).hasSize(2);
        assertThat(screen().get(0)).contains("AGENT").endsWith("hello my\033[2m name is\033[0m");
        assertThat(screen().get(1)).contains("CUSTOMER").endsWith("good\033[0m");

        live.erase();
        live.said(Transcripts.of(0, ChannelRole.AGENT, 1000, 3000, "Hello, my name is Jo."));
        live.draw();
        assertThat(screen()).singleElement().satisfies(line -> assertThat(line).contains("good"));
    }

    @Test
    void whatComesBehindItsFinalIsNotShown() {
        live.said(Transcripts.of(0, ChannelRole.AGENT, 1000, 3000, "Hello."));
        show(hypothesis(0, 1000, "", "hello"));
        assertThat(screen()).isEmpty();
        show(hypothesis(0, 4000, "", "and"));
        assertThat(screen()).hasSize(1);
    }

    @Test
    void aLongLineShowsItsEndAndFits() {
        show(hypothesis(0, 1000, "word ".repeat(30), "word ".repeat(40) + "last"));
        String plain = screen().get(0).replaceAll("\033\\[[02]m", "");
        assertThat(plain).hasSize(COLUMNS).endsWith("word last");
        assertThat(screen().get(0)).as("what is confirmed has gone by").contains("\033[2mrd word");
    }

    @Test
    void textCannotMoveTheCursor() {
        show(hypothesis(0, 1000, "", "one\n\033[Atwo"));
        assertThat(screen()).singleElement().satisfies(line -> assertThat(line).contains("one  [Atwo"));
    }

    private void show(Partial partial) {
        live.erase();
        live.heard(partial);
        live.draw();
    }

    /** What a terminal would show. */
    private List<String> screen() {
        List<String> lines = new ArrayList<>();
        for (String line : written.toString().split("(?<=\n)")) {
            String rest = line;
            for (Matcher up = UP_AND_ERASE.matcher(rest); up.lookingAt(); up = UP_AND_ERASE.matcher(rest)) {
                int count = Integer.parseInt(up.group(1));
                assertThat(count).as("never above the first line").isLessThanOrEqualTo(lines.size());
                lines.subList(lines.size() - count, lines.size()).clear();
                rest = rest.substring(up.end());
            }
            if (rest.endsWith("\n")) {
                lines.add(rest.stripTrailing());
            }
        }
        return lines;
    }

    private static Partial hypothesis(int channel, long startMs, String committed, String text) {
        return Partial.newBuilder()
                .setId(channel + "@" + startMs)
                .setKind(PartialKind.HYPOTHESIS)
                .setTenant("demo")
                .setCallId("call")
                .setChannel(channel)
                .setRole(channel == 0 ? ChannelRole.AGENT : ChannelRole.CUSTOMER)
                .setStreamEpoch(0)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs(startMs)
                .setRevision(1000)
                .setText(text)
                .setCommitted(committed)
                .setModelHash("0".repeat(64))
                .build();
    }
}
