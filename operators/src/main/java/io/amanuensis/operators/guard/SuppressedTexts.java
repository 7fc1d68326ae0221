package io.amanuensis.operators.guard;

import io.amanuensis.operators.guard.GuardPolicy.Objection;
import io.amanuensis.schemas.SuppressedText;
import io.amanuensis.schemas.Transcript;

/** Makes the record of what was suppressed. */
final class SuppressedTexts {
    private SuppressedTexts() {}

    static SuppressedText of(Transcript transcript, Evidence evidence, Objection objection) {
        return SuppressedText.newBuilder()
                .setId(transcript.getId())
                .setTenant(transcript.getTenant())
                .setCallId(transcript.getCallId())
                .setChannel(transcript.getChannel())
                .setRole(transcript.getRole())
                .setStreamEpoch(transcript.getStreamEpoch())
                .setCallStartEpochMs(transcript.getCallStartEpochMs())
                .setStartMs(transcript.getStartMs())
                .setEndMs(transcript.getEndMs())
                .setSuppressedReason(objection.reason())
                .setDetail(objection.detail())
                .setText(transcript.getText())
                .setLanguage(transcript.getLanguage())
                .setAverageLogProbability(evidence.averageLogProbability())
                .setNoSpeechProbability(evidence.noSpeechProbability())
                .setCompressionRatio(evidence.compressionRatio())
                .setSpeechRatio(
                        evidence.speechRatio().isPresent()
                                ? evidence.speechRatio().getAsDouble()
                                : null)
                .setWords(evidence.words().size())
                .setWordsPerSecond(evidence.wordsPerSecond())
                .setRepeatedShare(evidence.repeatedShare())
                .setModelName(transcript.getModelName())
                .setModelHash(transcript.getModelHash())
                .setBackEnd(transcript.getBackEnd())
                .setEncoderChecksum(transcript.getEncoderChecksum())
                .setOrigin(transcript.getOrigin())
                .build();
    }
}
