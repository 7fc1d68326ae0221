package io.amanuensis.operators.assemble;

import static java.util.stream.Collectors.joining;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.time.Instant;
import java.util.List;

/** Transcripts for tests, all that does not matter to this stage filled in. */
public final class Transcripts {
    private Transcripts() {}

    /** The words and nothing else. */
    public static Transcript of(CallChannel channel, long startMs, long endMs, Word... words) {
        Transcript transcript =
                of(channel, 0, List.of(words).stream().map(Word::getText).collect(joining(" ")));
        transcript.setStartMs(startMs);
        transcript.setEndMs(endMs);
        transcript.setWords(List.of(words));
        transcript.setAlignment(Alignment.DTW);
        return transcript;
    }

    /** Text without words, {@code channel/index} by id. */
    static Transcript of(CallChannel channel, long index, String text) {
        return Transcript.newBuilder()
                .setId(channel.channel + "/" + index)
                .setTenant(channel.tenant)
                .setCallId(channel.callId)
                .setChannel(channel.channel)
                .setStreamEpoch(channel.streamEpoch)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs(0)
                .setEndMs(0)
                .setText(text)
                .setWords(List.of())
                .setAlignment(Alignment.SKIPPED)
                .setLanguage("en")
                .setTokens(List.of())
                .setAverageLogProbability(0)
                .setNoSpeechProbability(0)
                .setCompressionRatio(1)
                .setModelName("m")
                .setModelHash("h")
                .setBackEnd("echo")
                .setLibraryBuild("b")
                .setEncoderChecksum("c")
                .setDegradationLevel(2)
                .setOrigin(new Origin("t", 0, index, index))
                .setStageDurations(new StageDurations())
                .build();
    }
}
