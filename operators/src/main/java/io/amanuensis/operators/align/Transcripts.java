package io.amanuensis.operators.align;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.DecodedWindow.Hypothesis;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Makes the record of a window from what its stages found. */
public final class Transcripts {
    private Transcripts() {}

    /**
     * The id of an utterance, also while it is spoken.
     *
     * @param startMs where its window begins
     */
    public static String id(CallChannel channel, long startMs, String modelHash) {
        return Digests.id(channel.tenant, channel.callId, channel.streamEpoch, channel.channel, startMs, modelHash);
    }

    static Transcript withoutWords(DecodedWindow window) {
        return transcript(window, List.of(), Alignment.SKIPPED, 0);
    }

    static Transcript withWords(DecodedWindow window, List<AlignedWord> words, Alignment alignment, double alignMs) {
        long soundStartMs = window.encoded().info().soundStartMs();
        List<Word> onCallClock = words.stream()
                .map(word -> new Word(
                        word.text(), soundStartMs + word.startMs(), soundStartMs + word.endMs(), word.probability()))
                .toList();
        return transcript(window, onCallClock, alignment, alignMs);
    }

    private static Transcript transcript(DecodedWindow window, List<Word> words, Alignment alignment, double alignMs) {
        EncodedWindow encoded = window.encoded();
        WindowInfo info = encoded.info();
        CallChannel channel = info.channel;
        EngineFacts engine = encoded.engine();
        Hypothesis hypothesis = window.hypothesis();
        return Transcript.newBuilder()
                .setId(id(channel, info.startMs(), engine.modelHash()))
                .setTenant(channel.tenant)
                .setCallId(channel.callId)
                .setChannel(channel.channel)
                .setRole(channel.role)
                .setStreamEpoch(channel.streamEpoch)
                .setCallStartEpochMs(Instant.ofEpochMilli(channel.callStartEpochMs))
                .setStartMs(info.startMs())
                .setEndMs(info.endMs())
                .setText(hypothesis.text())
                .setWords(words)
                .setAlignment(alignment)
                .setLanguage(hypothesis.language())
                .setTokens(Arrays.stream(hypothesis.tokens()).boxed().toList())
                .setAverageLogProbability(hypothesis.averageLogProbability())
                .setNoSpeechProbability(hypothesis.noSpeechProbability())
                .setCompressionRatio(hypothesis.compressionRatio())
                .setModelName(engine.modelName())
                .setModelHash(engine.modelHash())
                .setBackEnd(engine.backEnd())
                .setLibraryBuild(engine.libraryBuild())
                .setEncoderChecksum(encoded.checksum())
                .setDegradationLevel(encoded.level())
                .setOrigin(new Origin(
                        info.origin.topic, info.origin.partition, info.origin.firstOffset, info.origin.lastOffset))
                .setStageDurations(
                        new StageDurations(encoded.featurizeMs(), encoded.encodeMs(), window.decodeMs(), alignMs))
                .build();
    }
}
