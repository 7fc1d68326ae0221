package io.amanuensis.operators.account;

import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.SpokenTurn;
import io.amanuensis.schemas.CallEnd;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Hole;
import io.amanuensis.schemas.HoleKind;
import io.amanuensis.schemas.PlainJson;
import io.amanuensis.schemas.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Makes the record of a call from its account and turns. No record is larger than {@link #MAX_RECORD_BYTES} in either encoding: the
 * texts are left out of a call that says too much, and its transcripts have them; turns and holes are bounded by number.
 */
final class CallRecords {
    /** Below the 1,048,588 bytes of Kafka's default, with room for key and headers. */
    static final int MAX_RECORD_BYTES = 1_000_000;

    /** Without texts a turn takes at most 170 bytes of JSON, a channel 500, a hole 60. */
    static final int MAX_TURNS = 4_500;

    static final int MAX_HOLES = 1_000;

    /** How far the ledger of a channel may be from its length. */
    static final long TOLERANCE_SAMPLES = 20 * PcmChunk.SAMPLES_PER_MS;

    private static final double MS_PER_MINUTE = 60_000;

    private CallRecords() {}

    static CallRecord of(CallAccount account, List<SpokenTurn> turns, CallEnd end) {
        CallRecord record = record(account, new Conversation(turns), end);
        // Avro is never the larger of the two.
        boolean tooLarge = PlainJson.write(record).length > MAX_RECORD_BYTES;
        if (tooLarge || turns.stream().anyMatch(turn -> turn.text == null)) {
            record.getTurns().forEach(turn -> turn.setText(null));
            record.setTextOmitted(true);
        }
        return record;
    }

    private static CallRecord record(CallAccount account, Conversation conversation, CallEnd end) {
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < conversation.turns().size(); i++) {
            turns.add(conversation.turns().get(i).toRecord(conversation.interrupts(i)));
        }
        List<ChannelAccount> channels = channels(account, conversation, turns);
        long startMs = Arrays.stream(account.channels)
                .mapToLong(CallRecords::startMs)
                .min()
                .orElse(0);
        long endMs = Arrays.stream(account.channels)
                .mapToLong(CallRecords::endMs)
                .max()
                .orElse(0);
        return CallRecord.newBuilder()
                .setId(Digests.id(account.tenant, account.callId))
                .setTenant(account.tenant)
                .setCallId(account.callId)
                .setRevision(account.revision)
                .setEnd(end)
                .setCallStartEpochMs(Instant.ofEpochMilli(account.callStartEpochMs))
                .setStartMs(startMs)
                .setEndMs(endMs)
                .setLedgerClosed(channels.stream().allMatch(ChannelAccount::getLedgerClosed))
                .setChannels(channels)
                .setNonTalkMs(Math.max(0, endMs - startMs - conversation.anybodyMs()))
                .setOverlaps(conversation.overlaps())
                .setOverlapMs(conversation.overlapMs())
                .setTurns(turns)
                .setTurnsOmitted(account.turnsOmitted)
                .build();
    }

    private static List<ChannelAccount> channels(CallAccount account, Conversation conversation, List<Turn> turns) {
        List<ChannelAccount> channels = new ArrayList<>();
        int roomForHoles = MAX_HOLES;
        for (ChannelTotals totals : account.channels) {
            int interruptions = (int) turns.stream()
                    .filter(turn -> turn.getChannel() == totals.channel && turn.getInterrupts())
                    .count();
            ChannelAccount channel = channel(totals, conversation.talkMs(totals.channel), interruptions, roomForHoles);
            roomForHoles -= channel.getHoles().size();
            channels.add(channel);
        }
        return channels;
    }

    private static ChannelAccount channel(ChannelTotals totals, long talkMs, int interruptions, int roomForHoles) {
        Stretches gaps = totals.allGaps();
        List<Hole> holes = holes(gaps, totals.deadLetters);
        int listed = Math.min(holes.size(), roomForHoles);
        long startMs = startMs(totals);
        long endMs = endMs(totals);
        return ChannelAccount.newBuilder()
                .setChannel(totals.channel)
                .setRole(totals.role)
                .setStartMs(startMs)
                .setEndMs(endMs)
                .setLengthMs(ms(totals.lengthSamples()))
                .setTextMs(ms(totals.textSamples))
                .setNonSpeechMs(ms(totals.nonSpeechSamples()))
                .setNonSpeechByModelMs(ms(totals.silentToModelSamples))
                .setNonSpeechByGuardMs(ms(totals.suppressedSamples))
                .setGapMs(ms(totals.allGapSamples()))
                .setDeadLetterMs(ms(totals.deadLetterSamples))
                .setLedgerClosed(Math.abs(totals.differenceSamples()) <= TOLERANCE_SAMPLES)
                .setTalkMs(talkMs)
                .setNonTalkMs(Math.max(0, endMs - startMs - talkMs))
                .setTurns(totals.turns)
                .setWords(totals.words)
                .setWordsPerMinute(talkMs == 0 ? 0 : totals.words * MS_PER_MINUTE / talkMs)
                .setInterruptions(interruptions)
                .setHoles(holes.subList(0, listed))
                .setHolesOmitted(holes.size() - listed + gaps.omitted + totals.deadLetters.omitted)
                .build();
    }

    private static List<Hole> holes(Stretches gaps, Stretches deadLetters) {
        List<Hole> holes = new ArrayList<>();
        addHoles(gaps, HoleKind.GAP, holes);
        addHoles(deadLetters, HoleKind.DEAD_LETTER, holes);
        holes.sort(Comparator.comparingLong(Hole::getStartMs));
        return holes;
    }

    /** Less than a millisecond is rounding. */
    private static void addHoles(Stretches stretches, HoleKind kind, List<Hole> holes) {
        for (int i = 0; i < stretches.bounds.length; i += 2) {
            Hole hole = new Hole(ms(stretches.bounds[i]), ms(stretches.bounds[i + 1]), kind);
            if (hole.getStartMs() < hole.getEndMs()) {
                holes.add(hole);
            }
        }
    }

    private static long startMs(ChannelTotals totals) {
        return totals.settledRuns.isEmpty() ? 0 : ms(totals.settledRuns.start() - totals.leadSamples());
    }

    private static long endMs(ChannelTotals totals) {
        return totals.settledRuns.isEmpty() ? 0 : ms(totals.settledRuns.end());
    }

    static long ms(long samples) {
        return Math.round(samples / (double) PcmChunk.SAMPLES_PER_MS);
    }
}
