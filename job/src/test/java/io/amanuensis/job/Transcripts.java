package io.amanuensis.job;

import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.time.Instant;
import java.util.List;

/** Transcripts for tests. */
public final class Transcripts {
    private Transcripts() {}

    /** Of call "demo/call" in English, with plausible evidence. */
    public static Transcript of(int channel, ChannelRole role, long startMs, long endMs, String text, Word... words) {
        return Transcript.newBuilder()
                .setId(channel + "@" + startMs)
                .setTenant("demo")
                .setCallId("call")
                .setChannel(channel)
                .setRole(role)
                .setStreamEpoch(0)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs(startMs)
                .setEndMs(endMs)
                .setText(text)
                .setWords(List.of(words))
                .setAlignment(words.length == 0 ? Alignment.SKIPPED : Alignment.DTW)
                .setLanguage("en")
                .setTokens(List.of(777, 300, 301))
                .setAverageLogProbability(-0.25)
                .setNoSpeechProbability(0.01)
                .setCompressionRatio(1.125)
                .setModelName("demo")
                .setModelHash("0".repeat(64))
                .setBackEnd("echo")
                .setLibraryBuild("test")
                .setEncoderChecksum("00000000")
                .setDegradationLevel(2)
                .setOrigin(new Origin("topic", 0, 0L, 1L))
                .setStageDurations(new StageDurations(0.0, 0.0, 0.0, 0.0))
                .build();
    }

    public static Word word(String text, long startMs, long endMs) {
        return new Word(text, startMs, endMs, 0.5);
    }
}
