package io.amanuensis.operators.retry;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.SpokenTurn;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.schemas.ReplayedOutcome;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Turn;
import java.time.Instant;

/** What became of parked windows as records, and as news for the ledger of their calls. */
final class ReplayedWindows {
    private ReplayedWindows() {}

    /**
     * @param outcome TEXT or NON_SPEECH
     * @param published null if nothing was
     */
    static ReplayedWindow record(WindowOutcome outcome, Transcript published) {
        WindowInfo info = outcome.info;
        CallChannel channel = info.channel;
        return ReplayedWindow.newBuilder()
                .setId(outcome.transcript.getId())
                .setTenant(channel.tenant)
                .setCallId(channel.callId)
                .setChannel(channel.channel)
                .setRole(channel.role)
                .setStreamEpoch(channel.streamEpoch)
                .setCallStartEpochMs(Instant.ofEpochMilli(channel.callStartEpochMs))
                .setStartSample(info.startSample)
                .setSampleCount(info.sampleCount)
                .setOutcome(kind(outcome))
                .setTurn(published == null ? null : SpokenTurn.of(published).toRecord(false))
                .build();
    }

    private static ReplayedOutcome kind(WindowOutcome outcome) {
        if (outcome.kind == WindowOutcome.Kind.TEXT) {
            return ReplayedOutcome.TEXT;
        }
        return outcome.isSilentToModel() ? ReplayedOutcome.SILENT_TO_MODEL : ReplayedOutcome.SUPPRESSED;
    }

    /** @throws IllegalArgumentException if the record contradicts itself, or says what this version does not know */
    static SettledSpan span(ReplayedWindow record) {
        if (record.getStartSample() < 0 || record.getSampleCount() < 1) {
            throw new IllegalArgumentException("startSample is %d and sampleCount %d; legal: 0 or more, 1 or more"
                    .formatted(record.getStartSample(), record.getSampleCount()));
        }
        SettledSpan span = new SettledSpan();
        span.channel = new CallChannel(
                record.getTenant(),
                record.getCallId(),
                record.getChannel(),
                record.getRole(),
                record.getStreamEpoch(),
                record.getCallStartEpochMs().toEpochMilli(),
                null);
        span.kind = switch (record.getOutcome()) {
            case TEXT -> SettledSpan.Kind.TEXT;
            case SILENT_TO_MODEL -> SettledSpan.Kind.SILENT_TO_MODEL;
            case SUPPRESSED -> SettledSpan.Kind.SUPPRESSED;
            case UNKNOWN -> throw new IllegalArgumentException("outcome is unknown to this version");
        };
        span.startSample = record.getStartSample();
        span.endSample = record.getStartSample() + record.getSampleCount();
        span.turn = record.getTurn() == null ? null : turn(record.getTurn());
        span.replayed = true;
        return span;
    }

    private static SpokenTurn turn(Turn record) {
        SpokenTurn turn = new SpokenTurn();
        turn.transcriptId = record.getTranscriptId();
        turn.channel = record.getChannel();
        turn.startMs = record.getStartMs();
        turn.endMs = record.getEndMs();
        turn.text = record.getText() == null ? "" : record.getText();
        turn.words = record.getWords();
        turn.language = record.getLanguage();
        turn.confidence = record.getConfidence();
        return turn;
    }
}
