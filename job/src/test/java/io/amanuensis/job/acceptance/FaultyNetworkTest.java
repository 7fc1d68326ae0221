package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.demo.InTurn;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.play.Faults;
import io.amanuensis.job.play.FaultyCall;
import io.amanuensis.job.play.PlayedCall;
import io.amanuensis.job.play.PlayedCall.Stretch;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.HoleKind;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two-party calls over a network that shuffles, doubles and loses segments, against the same calls over one that does not: 8 kHz, 250 ms a
 * segment, each call twice with other faults.
 */
class FaultyNetworkTest {
    private static final int SEGMENT_MS = 250;
    private static final List<String> RECORDINGS =
            List.of("call-1-late-order", "call-2-double-charge", "call-3-broken-router");
    private static final int TIMES = 2;
    private static final Faults SHUFFLED = new Faults(0, 0.02, 5_000, 0, 0);
    private static final Faults LOSSY = new Faults(0.01, 0.02, 5_000, 0, 0);
    /** Speech that has so much silence between itself and what was lost is not to notice. */
    private static final long SILENCE_MS = 2_000;
    /** What is said must not depend on it. */
    private static final Map<String, String> OPTIONS = Map.of("partials.enabled", "false");

    private static Run clean;

    private record Run(Map<String, List<Transcript>> finals, Map<String, CallRecord> records, List<PlayedCall> played) {
        List<Transcript> finals(String channel) {
            return finals.getOrDefault(channel, List.of());
        }
    }

    /** What must be the same of a final. */
    private record Said(String id, long startMs, long endMs, String text, List<Word> words) {
        static Said of(Transcript transcript) {
            return new Said(
                    transcript.getId(),
                    transcript.getStartMs(),
                    transcript.getEndMs(),
                    transcript.getText(),
                    transcript.getWords());
        }
    }

    @BeforeAll
    static void withoutFaults() throws Exception {
        clean = run(Faults.NONE);
        assertThat(clean.finals).hasSize(2 * TIMES * RECORDINGS.size());
    }

    @Test
    void shuffledAndDoubledButNotLostGivesTheFinalsOfTheCleanRun() throws Exception {
        Run shuffled = run(SHUFFLED);
        assertThat(shuffled.played).allSatisfy(call -> {
            assertThat(call.duplicated()).hasSizeGreaterThan(5);
            assertThat(call.lost()).isEmpty();
        });
        assertThat(shuffled.finals.keySet()).isEqualTo(clean.finals.keySet());
        clean.finals.forEach((channel, finals) ->
                assertThat(said(shuffled.finals(channel))).as(channel).isEqualTo(said(finals)));
        assertThat(shuffled.records.values()).allSatisfy(call -> {
            assertThat(call.getLedgerClosed()).isTrue();
            assertThat(call.getChannels())
                    .allSatisfy(channel -> assertThat(channel.getHoles()).isEmpty());
        });
    }

    @Test
    void whatIsLostIsNamedExactlyAndSpeechAwayFromItIsAsInTheCleanRun() throws Exception {
        Run lossy = run(LOSSY);
        int all = 0;
        int away = 0;
        int same = 0;
        for (PlayedCall call : lossy.played) {
            assertThat(call.lost()).hasSizeGreaterThan(3);
            CallRecord record = lossy.records.get(call.callId());
            assertThat(record.getLedgerClosed()).as(call.callId()).isTrue();
            for (ChannelAccount channel : record.getChannels()) {
                String name = call.callId() + "/" + channel.getChannel();
                List<Stretch> lost = call.lostStretches(channel.getChannel());
                assertThat(channel.getHoles()).as(name).allSatisfy(hole -> assertThat(hole.getKind())
                        .isEqualTo(HoleKind.GAP));
                assertThat(channel.getHoles().stream()
                                .map(hole -> new Stretch(hole.getStartMs(), hole.getEndMs()))
                                .toList())
                        .as("%s: lost", name)
                        .isEqualTo(lost);
                List<Said> finals = said(lossy.finals(name));
                for (List<Transcript> island : islands(clean.finals(name))) {
                    all += island.size();
                    same += island.stream()
                            .filter(each -> finals.contains(Said.of(each)))
                            .count();
                    if (isAwayFrom(lost, island)) {
                        away += island.size();
                        assertThat(between(lossy.finals(name), startMs(island.get(0)), endMs(last(island))))
                                .as("%s: away from %s", name, lost)
                                .isEqualTo(said(island));
                    }
                }
            }
        }
        System.out.printf(
                "1 %% of the segments lost: %d utterances, %d of them 2 s of silence away from what was lost, %d as without loss%n",
                all, away, same);
        assertThat(away).isGreaterThan(all / 4);
        assertThat(same).as("what was lost was heard").isLessThan(all);
    }

    private static boolean isAwayFrom(List<Stretch> lost, List<Transcript> island) {
        return lost.stream()
                .allMatch(stretch -> stretch.endMs() + SILENCE_MS <= startMs(island.get(0))
                        || stretch.startMs() - SILENCE_MS >= endMs(last(island)));
    }

    /** Utterances with less silence between them than counts. */
    private static List<List<Transcript>> islands(List<Transcript> finals) {
        List<List<Transcript>> islands = new ArrayList<>();
        for (Transcript next : finals) {
            if (islands.isEmpty() || startMs(next) - endMs(last(last(islands))) >= SILENCE_MS) {
                islands.add(new ArrayList<>());
            }
            last(islands).add(next);
        }
        return islands;
    }

    private static List<Said> between(List<Transcript> finals, long startMs, long endMs) {
        return said(finals.stream()
                .filter(each -> each.getEndMs() > startMs && each.getStartMs() < endMs)
                .toList());
    }

    private static long startMs(Transcript transcript) {
        return transcript.getWords().get(0).getStartMs();
    }

    private static long endMs(Transcript transcript) {
        return last(transcript.getWords()).getEndMs();
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    private static List<Said> said(List<Transcript> finals) {
        return finals.stream().map(Said::of).toList();
    }

    private static Run run(Faults faults) throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            List<FaultyCall> calls = new ArrayList<>();
            for (String recording : RECORDINGS) {
                for (int time = 0; time < TIMES; time++) {
                    calls.add(new FaultyCall(segments(recording, time), faults, calls.size(), 0));
                }
            }
            new InTurn(calls).forEachRemaining(sending -> kafka.send(sending.segment(), sending.atMs()));
            kafka.flush();
            kafka.run(OPTIONS);
            assertThat(kafka.deadLetters()).isEmpty();
            Map<String, List<Transcript>> finals = kafka.transcripts().stream()
                    .sorted(Comparator.comparingLong(Transcript::getStartMs))
                    .collect(groupingBy(each -> each.getCallId() + "/" + each.getChannel(), TreeMap::new, toList()));
            return new Run(
                    finals,
                    kafka.calls().stream().collect(toMap(CallRecord::getCallId, call -> call)),
                    calls.stream().map(FaultyCall::played).toList());
        }
    }

    private static CallSegments segments(String recording, int time) throws Exception {
        Path file = KafkaFixture.TEST_SET.resolve(recording + ".wav");
        Call call = new Call("acme", recording + "-" + time, 0, List.of(), "en");
        return CallSegments.open(file, call, Carriage.TELEPHONE, SEGMENT_MS);
    }
}
