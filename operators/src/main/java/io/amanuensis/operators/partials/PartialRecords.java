package io.amanuensis.operators.partials;

import io.amanuensis.operators.align.Transcripts;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PartialKind;
import io.amanuensis.schemas.Transcript;
import java.time.Instant;

/** Makes the records of the partials topic. */
final class PartialRecords {
    private PartialRecords() {}

    static Partial event(SpeechNews news, String modelHash) {
        PartialKind kind = news.kind == SpeechNews.Kind.STARTED ? PartialKind.SPEECH_STARTED : PartialKind.SPEECH_ENDED;
        return of(kind, news.channel, news.utteranceStartSample, news.endSample, modelHash)
                .setSpeechMs(news.startSample / PcmChunk.SAMPLES_PER_MS)
                .setText("")
                .setCommitted("")
                .build();
    }

    static Partial hypothesis(SpeechNews news, Draft draft) {
        SpeechNews.Decoded decoded = news.decoded;
        EngineFacts engine = decoded.engine();
        return of(PartialKind.HYPOTHESIS, news.channel, news.utteranceStartSample, news.endSample, engine.modelHash())
                .setText(draft.text())
                .setCommitted(draft.committed())
                .setLanguage(decoded.language())
                .setModelName(engine.modelName())
                .setBackEnd(engine.backEnd())
                .setLibraryBuild(engine.libraryBuild())
                .setEncoderChecksum(decoded.checksum())
                .setDegradationLevel(Level.CPU)
                .build();
    }

    /** @param modelHash of the partials, should the window have become no text */
    static Partial correction(WindowOutcome outcome, Draft draft, String modelHash) {
        long start = outcome.info.startSample;
        Partial.Builder correction = of(
                        PartialKind.CORRECTION,
                        outcome.info.channel,
                        start,
                        start + outcome.info.sampleCount,
                        modelHash)
                .setText(textOf(outcome))
                .setCommitted(draft.committed());
        Transcript transcript = outcome.transcript;
        if (transcript != null) {
            correction
                    .setId(transcript.getId())
                    .setLanguage(transcript.getLanguage())
                    .setModelName(transcript.getModelName())
                    .setModelHash(transcript.getModelHash())
                    .setBackEnd(transcript.getBackEnd())
                    .setLibraryBuild(transcript.getLibraryBuild())
                    .setEncoderChecksum(transcript.getEncoderChecksum())
                    .setDegradationLevel(transcript.getDegradationLevel());
        }
        return correction.build();
    }

    /** What is published of the window; empty if nothing. */
    static String textOf(WindowOutcome outcome) {
        return outcome.kind == WindowOutcome.Kind.TEXT ? outcome.transcript.getText() : "";
    }

    private static Partial.Builder of(
            PartialKind kind, CallChannel channel, long startSample, long endSample, String modelHash) {
        long startMs = startSample / PcmChunk.SAMPLES_PER_MS;
        return Partial.newBuilder()
                .setId(Transcripts.id(channel, startMs, modelHash))
                .setKind(kind)
                .setTenant(channel.tenant)
                .setCallId(channel.callId)
                .setChannel(channel.channel)
                .setRole(channel.role)
                .setStreamEpoch(channel.streamEpoch)
                .setCallStartEpochMs(Instant.ofEpochMilli(channel.callStartEpochMs))
                .setStartMs(startMs)
                .setRevision((endSample - startSample) / PcmChunk.SAMPLES_PER_MS)
                .setModelHash(modelHash);
    }
}
