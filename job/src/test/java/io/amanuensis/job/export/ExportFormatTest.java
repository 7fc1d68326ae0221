package io.amanuensis.job.export;

import static io.amanuensis.job.Transcripts.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.amanuensis.job.Transcripts;
import io.amanuensis.schemas.CallEnd;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Turn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The expected files were written by hand after the vendors' documents, which the exporters name. */
class ExportFormatTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Transcript TRANSCRIPT = Transcripts.of(
            1,
            ChannelRole.CUSTOMER,
            27_000,
            31_000,
            " Hi, it's broken.",
            word("Hi,", 27_420, 27_800),
            word("it's", 28_000, 28_200),
            word("broken.", 28_200, 30_955));

    static CallRecord call() {
        return CallRecord.newBuilder()
                .setId("6f0c")
                .setTenant("acme")
                .setCallId("call-7")
                .setRevision(0)
                .setEnd(CallEnd.CHANNELS_ENDED)
                .setCallStartEpochMs(Instant.parse("2026-01-01T09:00:00Z"))
                .setStartMs(0)
                .setEndMs(20_000)
                .setLedgerClosed(true)
                .setChannels(List.of(
                        channel(0, ChannelRole.AGENT, 5_000, 15, 0), channel(1, ChannelRole.CUSTOMER, 4_000, 9, 1)))
                .setNonTalkMs(12_000)
                .setOverlaps(1)
                .setOverlapMs(1_000)
                .setTurns(List.of(
                        turn("a1", 0, 1_000, 4_000, "Good morning, how can I help you?", 7, false),
                        turn("c1", 1, 3_000, 7_000, "It is broken again.", 9, true),
                        turn("a2", 0, 12_000, 14_000, "I am sorry.", 8, false)))
                .build();
    }

    private static ChannelAccount channel(int channel, ChannelRole role, long talkMs, int words, int interruptions) {
        return ChannelAccount.newBuilder()
                .setChannel(channel)
                .setRole(role)
                .setStartMs(0)
                .setEndMs(20_000)
                .setLengthMs(20_000)
                .setTextMs(talkMs)
                .setNonSpeechMs(20_000 - talkMs)
                .setNonSpeechByModelMs(0)
                .setNonSpeechByGuardMs(0)
                .setGapMs(0)
                .setDeadLetterMs(0)
                .setLedgerClosed(true)
                .setTalkMs(talkMs)
                .setNonTalkMs(20_000 - talkMs)
                .setTurns(2)
                .setWords(words)
                .setWordsPerMinute(words * 60_000.0 / talkMs)
                .setInterruptions(interruptions)
                .setHoles(List.of())
                .build();
    }

    private static Turn turn(
            String id, int channel, long startMs, long endMs, String text, int words, boolean interrupts) {
        return new Turn(id, channel, startMs, endMs, text, words, "en", 0.75, interrupts);
    }

    @ParameterizedTest
    @EnumSource
    void writesACallInTheVendorsShape(ExportFormat format) throws IOException {
        assertThat(pretty(format.of(call()))).isEqualTo(golden("call." + name(format)));
    }

    @ParameterizedTest
    @EnumSource(names = "TCA", mode = EnumSource.Mode.EXCLUDE)
    void writesAnUtteranceInTheVendorsShape(ExportFormat format) throws IOException {
        assertThat(pretty(format.of(TRANSCRIPT))).isEqualTo(golden("transcript." + name(format)));
    }

    @Test
    void saysWhatAnUtteranceCannotBe() {
        assertThatThrownBy(() -> ExportFormat.TCA.of(TRANSCRIPT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Export the calls topic");
    }

    private static String name(ExportFormat format) {
        return format.name().toLowerCase(Locale.ROOT) + ".json";
    }

    private static String pretty(List<ObjectNode> objects) throws IOException {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        StringBuilder text = new StringBuilder();
        for (ObjectNode object : objects) {
            text.append(JSON.writer(printer).writeValueAsString(object)).append('\n');
        }
        return text.toString();
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = ExportFormatTest.class.getResourceAsStream(name)) {
            assertThat(file).as(name).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
