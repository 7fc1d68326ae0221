package io.amanuensis.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecordBase;

/** One record of each type, the same as the newest in {@code src/test/resources/.../released}. */
final class Samples {
    private static final Instant CALL_START = Instant.parse("2026-01-01T09:00:00Z");

    private Samples() {}

    static List<SpecificRecordBase> all() {
        return List.of(
                audioSegment(),
                transcript(),
                partial(),
                deadLetter(),
                callRecord(),
                suppressedText(),
                parkedWindow(),
                replayedWindow());
    }

    static AudioSegment audioSegment() {
        return AudioSegment.newBuilder()
                .setTenant("acme")
                .setCallId("2026-01-01/0042")
                .setChannel(1)
                .setRole(ChannelRole.CUSTOMER)
                .setSequence(7)
                .setCallStartEpochMs(CALL_START)
                .setStartMs(7000)
                .setEncoding(AudioEncoding.MP3)
                .setSampleRateHz(8000)
                .setPayload(ByteBuffer.allocate(0))
                .setLanguageHint("de")
                .setPayloadReference(new PayloadReference(
                        "s3://calls/2026/0042-1.mp3",
                        3_670_016L,
                        "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4"))
                .build();
    }

    static Transcript transcript() {
        String modelHash = "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4";
        return Transcript.newBuilder()
                .setId(Digests.id("acme", "2026-01-01/0042", 0, 1, 7200, modelHash))
                .setTenant("acme")
                .setCallId("2026-01-01/0042")
                .setChannel(1)
                .setRole(ChannelRole.CUSTOMER)
                .setStreamEpoch(0)
                .setCallStartEpochMs(CALL_START)
                .setStartMs(7200)
                .setEndMs(8440)
                .setText("Größe zwei, bitte.")
                .setWords(List.of(
                        new Word("Größe", 7260L, 7600L, 0.9375),
                        new Word("zwei,", 7600L, 7960L, 0.5),
                        new Word("bitte.", 8000L, 8380L, 0.875)))
                .setAlignment(Alignment.CTC)
                .setLanguage("de")
                .setTokens(List.of(50364, 40821, 2082, 12002, 11, 23231, 13, 50426))
                .setAverageLogProbability(-0.1875)
                .setNoSpeechProbability(0.015625)
                .setCompressionRatio(0.6875)
                .setModelName("whisper-base")
                .setModelHash(modelHash)
                .setBackEnd("cpu")
                .setLibraryBuild("0.1.0 gcc-12.2 avx2")
                .setEncoderChecksum("9ae2d31f")
                .setDegradationLevel(2)
                .setOrigin(new Origin(Topics.AUDIO_SEGMENTS, 3, 1190L, 1196L))
                .setStageDurations(new StageDurations(3.5, 212.25, 97.0, 1.125))
                .build();
    }

    static Partial partial() {
        Transcript later = transcript();
        return Partial.newBuilder()
                .setId(later.getId())
                .setKind(PartialKind.HYPOTHESIS)
                .setTenant(later.getTenant())
                .setCallId(later.getCallId())
                .setChannel(later.getChannel())
                .setRole(later.getRole())
                .setStreamEpoch(later.getStreamEpoch())
                .setCallStartEpochMs(CALL_START)
                .setStartMs(later.getStartMs())
                .setRevision(800)
                .setText("Größe zwei, wie")
                .setCommitted("Größe zwei,")
                .setLanguage("de")
                .setModelName(later.getModelName())
                .setModelHash(later.getModelHash())
                .setBackEnd(later.getBackEnd())
                .setLibraryBuild(later.getLibraryBuild())
                .setEncoderChecksum("0c5b2f7e")
                .setDegradationLevel(2)
                .build();
    }

    static DeadLetter deadLetter() {
        byte[] value = HexFormat.of().parseHex("524946460001");
        return DeadLetter.newBuilder()
                .setId(Digests.id("UNREADABLE_RECORD", Topics.AUDIO_SEGMENTS, 3, 1197, 1197, null, null))
                .setCause(DeadLetterCause.UNREADABLE_RECORD)
                .setStage("read")
                .setMessage("Not a readable AudioSegment: has 6 bytes, fewer than the 10 of the header")
                .setOrigin(new Origin(Topics.AUDIO_SEGMENTS, 3, 1197L, 1197L))
                .setRecordTimestampMs(CALL_START.plusMillis(8500).toEpochMilli())
                .setKey(ByteBuffer.wrap(Digests.utf8("acme/2026-01-01/0042")))
                .setPayload(ByteBuffer.wrap(value))
                .setPayloadBytes(value.length)
                .setPayloadSha256(Digests.sha256(value))
                .build();
    }

    static CallRecord callRecord() {
        String callId = "2026-01-01/0042";
        return CallRecord.newBuilder()
                .setId(Digests.id("acme", callId))
                .setTenant("acme")
                .setCallId(callId)
                .setRevision(1)
                .setEnd(CallEnd.CHANNELS_ENDED)
                .setCallStartEpochMs(CALL_START)
                .setStartMs(0)
                .setEndMs(12_000)
                .setLedgerClosed(true)
                .setChannels(List.of(channelAccount()))
                .setNonTalkMs(10_560)
                .setOverlaps(0)
                .setOverlapMs(0)
                .setTurns(List.of(
                        new Turn(transcript().getId(), 1, 7260L, 8380L, "Größe zwei, bitte.", 3, "de", 0.75, false),
                        new Turn(
                                Digests.id("acme", callId, 0, 1, 9000, "0"),
                                1,
                                9000L,
                                9320L,
                                null,
                                1,
                                "de",
                                0.5,
                                true)))
                .build();
    }

    private static ChannelAccount channelAccount() {
        return ChannelAccount.newBuilder()
                .setChannel(1)
                .setRole(ChannelRole.CUSTOMER)
                .setStartMs(0)
                .setEndMs(12_000)
                .setLengthMs(12_000)
                .setTextMs(2_500)
                .setNonSpeechMs(9_000)
                .setNonSpeechByModelMs(500)
                .setNonSpeechByGuardMs(250)
                .setGapMs(250)
                .setDeadLetterMs(250)
                .setLedgerClosed(true)
                .setTalkMs(1_440)
                .setNonTalkMs(10_560)
                .setTurns(2)
                .setWords(4)
                .setWordsPerMinute(166.5)
                .setInterruptions(1)
                .setHoles(
                        List.of(new Hole(1_000L, 1_250L, HoleKind.GAP), new Hole(2_000L, 2_250L, HoleKind.DEAD_LETTER)))
                .build();
    }

    static SuppressedText suppressedText() {
        Transcript transcript = transcript();
        return SuppressedText.newBuilder()
                .setId(transcript.getId())
                .setTenant(transcript.getTenant())
                .setCallId(transcript.getCallId())
                .setChannel(transcript.getChannel())
                .setRole(transcript.getRole())
                .setStreamEpoch(0)
                .setCallStartEpochMs(CALL_START)
                .setStartMs(transcript.getStartMs())
                .setEndMs(transcript.getEndMs())
                .setSuppressedReason(SuppressedReason.PHRASE)
                .setDetail("a phrase of the list, speech ratio 0.125 below 0.3")
                .setText("Danke fürs Zuschauen!")
                .setLanguage("de")
                .setAverageLogProbability(-0.5)
                .setNoSpeechProbability(0.25)
                .setCompressionRatio(0.75)
                .setSpeechRatio(0.125)
                .setWords(3)
                .setWordsPerSecond(1.5)
                .setRepeatedShare(0)
                .setModelName(transcript.getModelName())
                .setModelHash(transcript.getModelHash())
                .setBackEnd("cpu")
                .setEncoderChecksum("9ae2d31f")
                .setOrigin(transcript.getOrigin())
                .build();
    }

    static ParkedWindow parkedWindow() {
        Transcript transcript = transcript();
        return ParkedWindow.newBuilder()
                .setId(transcript.getId())
                .setTenant(transcript.getTenant())
                .setCallId(transcript.getCallId())
                .setChannel(transcript.getChannel())
                .setRole(transcript.getRole())
                .setStreamEpoch(0)
                .setCallStartEpochMs(CALL_START)
                .setStartMs(7200)
                .setEndMs(7201)
                .setLanguageHint("de")
                .setSpanIndex(5)
                .setStartSample(115_201)
                .setSampleCount(3)
                .setSpeechSamples(2)
                .setContextBeforeSamples(1)
                .setContextAfterSamples(0)
                .setAudio(ByteBuffer.wrap(HexFormat.of().parseHex("0100feffff7f0080")))
                .setReason(ParkedReason.DEVICE_OUT)
                .setMessage("The device has not answered for 300 s")
                .setAttempts(2)
                .setModelName(transcript.getModelName())
                .setModelHash(transcript.getModelHash())
                .setOrigin(transcript.getOrigin())
                .setPacked(List.of(new ParkedUtterance(1, 5L, 115_201L, 3, 2, transcript.getOrigin())))
                .build();
    }

    static ReplayedWindow replayedWindow() {
        Transcript transcript = transcript();
        return ReplayedWindow.newBuilder()
                .setId(transcript.getId())
                .setTenant(transcript.getTenant())
                .setCallId(transcript.getCallId())
                .setChannel(transcript.getChannel())
                .setRole(transcript.getRole())
                .setStreamEpoch(0)
                .setCallStartEpochMs(CALL_START)
                .setStartSample(115_201)
                .setSampleCount(32_000)
                .setOutcome(ReplayedOutcome.TEXT)
                .setTurn(new Turn(transcript.getId(), 1, 7300L, 8900L, "Grüß Gott!", 2, "de", 0.75, false))
                .build();
    }

    @SuppressWarnings("unchecked")
    static <T extends SpecificRecordBase> SingleObjectCodec<T> codec(T record) {
        return new SingleObjectCodec<>((Class<T>) record.getClass());
    }

    static int newestVersion(SpecificRecordBase record) {
        return ReleasedSchemas.versions(record.getClass()).size();
    }

    /** @param extension {@code bin} or {@code json} */
    static byte[] resource(SpecificRecordBase record, int version, String extension) throws IOException {
        String name = "released/%s.v%d.%s".formatted(record.getClass().getSimpleName(), version, extension);
        try (InputStream file = Samples.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(file, name).readAllBytes();
        }
    }
}
