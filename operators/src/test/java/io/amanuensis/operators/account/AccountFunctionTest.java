package io.amanuensis.operators.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.schemas.CallEnd;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.PlainJson;
import io.amanuensis.schemas.Turn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class AccountFunctionTest {
    private static final Path FROZEN = Path.of("src/test/resources/io/amanuensis/operators/account/account.v1.state");

    /** Everything that can become of sound, on two channels. */
    private static List<List<Object>> call(String callId) {
        return List.of(
                new Script(callId, 0, 0, 0)
                        .silent(1000)
                        .said(2000, "hello how are you")
                        .gap(250)
                        .silent(750)
                        .said(1000, "one moment")
                        .silent(3000)
                        .ended(),
                new Script(callId, 1, 0, 0)
                        .silent(2000)
                        .said(1500, "fine thank you")
                        .refused(500)
                        .suppressed(1000)
                        .silentToModel(800)
                        .failed(1200)
                        .silent(1000)
                        .ended());
    }

    @Test
    void theRecordOfACallSaysWhatBecameOfEveryMillisecond() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            for (List<Object> events : call("call")) {
                harness.takeAll(events);
            }
            harness.setProcessingTime(CallHarness.SETTLED_MS - 1);
            assertThat(harness.takeRecords()).isEmpty();
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            CallRecord record = harness.takeRecords().get(0);
            assertThat(record.getEnd()).isEqualTo(CallEnd.CHANNELS_ENDED);
            assertThat(record.getRevision()).isZero();
            assertThat(record.getLedgerClosed()).isTrue();
            assertThat(record.getStartMs()).isZero();
            assertThat(record.getEndMs()).isEqualTo(8000);
            assertThat(lines(record))
                    .containsExactly(
                            "AGENT 8000: text 3000 non-speech 4750 (0 0) gap 250 dead letter 0 [3000-3250 GAP]",
                            "CUSTOMER 8000: text 1500 non-speech 4800 (800 1000) gap 0 dead letter 1700"
                                    + " [3500-4000 DEAD_LETTER, 5800-7000 DEAD_LETTER]");
            assertThat(record.getTurns())
                    .extracting(turn -> turn.getStartMs() + " " + turn.getChannel() + " " + turn.getText())
                    .containsExactly("1000 0 hello how are you", "2000 1 fine thank you", "4000 0 one moment");
            assertThat(record.getTurns()).extracting(Turn::getInterrupts).containsExactly(false, true, false);
            assertThat(record.getOverlaps()).isEqualTo(1);
            assertThat(record.getOverlapMs()).isEqualTo(1000);
            assertThat(record.getNonTalkMs()).isEqualTo(8000 - 2500 - 1000);
            ChannelAccount agent = record.getChannels().get(0);
            assertThat(agent.getRole()).isEqualTo(ChannelRole.AGENT);
            assertThat(agent.getTalkMs()).isEqualTo(3000);
            assertThat(agent.getNonTalkMs()).isEqualTo(5000);
            assertThat(agent.getWordsPerMinute()).isEqualTo(6 * 60 / 3.0);
            assertThat(agent.getTurns()).isEqualTo(2);
            assertThat(record.getChannels().get(1).getInterruptions()).isEqualTo(1);
        }
    }

    @Test
    void aWindowWhoseWordsANeighbourHasIsTextWithoutATurn() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(new Script("call", 0, 0, 0)
                    .said(1000, "hello how are you")
                    .saidByTheNeighbour(500)
                    .ended());
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            CallRecord record = harness.takeRecords().get(0);
            assertThat(record.getLedgerClosed()).isTrue();
            assertThat(lines(record))
                    .containsExactly("AGENT 1500: text 1500 non-speech 0 (0 0) gap 0 dead letter 0 []");
            assertThat(record.getTurns()).hasSize(1);
            assertThat(record.getChannels().get(0).getTurns()).isEqualTo(1);
        }
    }

    /** Each side keeps its own order; between them and between channels there is none. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theTwoSidesComeInAnyOrder(long seed) throws Exception {
        List<List<Object>> sources = new ArrayList<>();
        for (List<Object> events : call("call")) {
            sources.add(new ArrayList<>(
                    events.stream().filter(SettledSpan.class::isInstance).toList()));
            sources.add(new ArrayList<>(
                    events.stream().filter(CountedSound.class::isInstance).toList()));
        }
        Random random = new Random(seed);
        try (CallHarness harness = CallHarness.start();
                CallHarness inOrder = CallHarness.start()) {
            while (!sources.isEmpty()) {
                List<Object> source = sources.get(random.nextInt(sources.size()));
                harness.take(source.remove(0));
                sources.removeIf(List::isEmpty);
            }
            for (List<Object> events : call("call")) {
                inOrder.takeAll(events);
            }
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            inOrder.setProcessingTime(CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).isEqualTo(inOrder.takeRecords()).hasSize(1);
        }
    }

    @Test
    void aLedgerThatLostSoundDoesNotClose() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(
                    new Script("call", 0, 0, 0).silent(1000).forgotten(20).ended());
            harness.takeAll(
                    new Script("call", 1, 0, 0).silent(1000).forgotten(21).ended());
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            CallRecord record = harness.takeRecords().get(0);
            assertThat(record.getChannels())
                    .extracting(ChannelAccount::getLedgerClosed)
                    .containsExactly(true, false);
            assertThat(record.getLedgerClosed()).isFalse();
            assertThat(record.getChannels().get(1).getLengthMs()).isEqualTo(1021);
        }
    }

    @Test
    void aChannelThatIsStillOpenIsWaitedFor() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(call("call").get(0));
            Script late = new Script("call", 1, 0, 0).silent(1000);
            harness.takeAll(late.open());
            harness.setProcessingTime(10 * CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).isEmpty();
            List<Object> end = late.ended();
            harness.takeAll(end.subList(end.size() - 2, end.size()));
            harness.setProcessingTime(11 * CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).singleElement().satisfies(record -> assertThat(record.getChannels())
                    .hasSize(2));
        }
    }

    /** Of one side the end is known; what the other will say decides whether the ledger closes. */
    @Test
    void neitherSideIsTheEndWithoutTheOther() throws Exception {
        List<Object> events = new Script("call", 0, 0, 0).silent(1000).ended();
        List<Object> counts =
                events.stream().filter(CountedSound.class::isInstance).toList();
        List<Object> spans =
                events.stream().filter(SettledSpan.class::isInstance).toList();
        for (List<List<Object>> order : List.of(List.of(counts, spans), List.of(spans, counts))) {
            try (CallHarness harness = CallHarness.start()) {
                harness.takeAll(order.get(0));
                harness.setProcessingTime(10 * CallHarness.SETTLED_MS);
                assertThat(harness.takeRecords()).isEmpty();
                harness.takeAll(order.get(1));
                harness.setProcessingTime(20 * CallHarness.SETTLED_MS);
                assertThat(harness.takeRecords()).singleElement().satisfies(record -> assertThat(
                                record.getLedgerClosed())
                        .isTrue());
            }
        }
    }

    @Test
    void whatComesWithinTheSettleTimeIsInTheFirstRecord() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(new Script("call", 0, 0, 0).silent(1000).ended());
            harness.setProcessingTime(CallHarness.SETTLED_MS - 1);
            harness.takeAll(new Script("call", 0, 1, 1000).silent(1000).ended());
            harness.setProcessingTime(2 * CallHarness.SETTLED_MS - 2);
            assertThat(harness.takeRecords()).isEmpty();
            harness.setProcessingTime(2 * CallHarness.SETTLED_MS - 1);
            assertThat(harness.takeRecords()).singleElement().satisfies(record -> assertThat(record.getEndMs())
                    .isEqualTo(2000));
        }
    }

    @Test
    void lateAudioMakesARevisionOfTheWholeCall() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(new Script("call", 0, 0, 0).said(1000, "before").ended());
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            CallRecord first = harness.takeRecords().get(0);
            harness.takeAll(new Script("call", 0, 1, 1500).said(1000, "after").ended(6, 250));
            harness.setProcessingTime(2 * CallHarness.SETTLED_MS);
            CallRecord second = harness.takeRecords().get(0);
            assertThat(second.getId()).isEqualTo(first.getId());
            assertThat(first.getRevision()).isZero();
            assertThat(second.getRevision()).isEqualTo(1);
            assertThat(second.getTurns()).extracting(Turn::getText).containsExactly("before", "after");
            assertThat(lines(second))
                    .containsExactly("AGENT 2500: text 2000 non-speech 0 (0 0) gap 500 dead letter 0 [1000-1500 GAP]");
            assertThat(second.getLedgerClosed()).isTrue();

            harness.setProcessingTime(10 * CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).as("nothing new").isEmpty();
        }
    }

    @Test
    void parkedWindowsThatWereTranscribedSinceMakeARevision() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(outage().ended());
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            assertThat(lines(harness.takeRecords().get(0)))
                    .containsExactly(
                            "AGENT 9000: text 1000 non-speech 1000 (0 0) gap 0 dead letter 7000 [2000-9000 DEAD_LETTER]");
            harness.take(Script.replayed("call", 0, 4000, 2000, SettledSpan.Kind.TEXT, "in the middle"));
            harness.setProcessingTime(2 * CallHarness.SETTLED_MS);
            CallRecord second = harness.takeRecords().get(0);
            assertThat(second.getRevision()).isEqualTo(1);
            assertThat(second.getLedgerClosed()).isTrue();
            assertThat(lines(second))
                    .containsExactly("AGENT 9000: text 3000 non-speech 1000 (0 0) gap 0 dead letter 5000"
                            + " [2000-4000 DEAD_LETTER, 6000-9000 DEAD_LETTER]");
            assertThat(second.getTurns()).extracting(Turn::getText).containsExactly("before", "in the middle");
            assertThat(second.getChannels().get(0).getTurns()).isEqualTo(2);
            assertThat(second.getChannels().get(0).getWords()).isEqualTo(4);

            harness.take(Script.replayed("call", 0, 2000, 2000, SettledSpan.Kind.SILENT_TO_MODEL, "nobody"));
            harness.take(Script.replayed("call", 0, 6000, 3000, SettledSpan.Kind.SUPPRESSED, "thank you for watching"));
            harness.setProcessingTime(3 * CallHarness.SETTLED_MS);
            CallRecord third = harness.takeRecords().get(0);
            assertThat(third.getLedgerClosed()).isTrue();
            assertThat(lines(third))
                    .containsExactly("AGENT 9000: text 3000 non-speech 6000 (2000 3000) gap 0 dead letter 0 []");
            assertThat(third.getTurns()).hasSize(2);
        }
    }

    @Test
    void theSameNewsOfAReplayTwiceChangesNothing() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(outage().ended());
            harness.take(Script.replayed("call", 0, 4000, 2000, SettledSpan.Kind.TEXT, "in the middle"));
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).hasSize(1);
            harness.take(Script.replayed("call", 0, 4000, 2000, SettledSpan.Kind.TEXT, "in the middle"));
            harness.setProcessingTime(3 * CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).isEmpty();
            harness.take(Script.replayed("call", 0, 1000, 1000, SettledSpan.Kind.TEXT, "was no dead letter"));
            harness.setProcessingTime(5 * CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).isEmpty();
        }
    }

    /** A window behind others that wait still is replayed before its own dead letter has come this far. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void newsOfAReplayMayOvertakeTheDeadLetter(boolean restored) throws Exception {
        List<Object> events = outage().ended();
        CallHarness harness = CallHarness.start(restored, 1, 0, 1, null, 0);
        harness.take(Script.replayed("call", 0, 4000, 2000, SettledSpan.Kind.TEXT, "of a call not heard of"));
        harness.take(events.get(0));
        harness.take(Script.replayed("call", 0, 4000, 2000, SettledSpan.Kind.TEXT, "in the middle"));
        harness.take(Script.replayed("call", 0, 2000, 2000, SettledSpan.Kind.TEXT, "first"));
        harness.take(Script.replayed("call", 1, 2000, 2000, SettledSpan.Kind.TEXT, "of no channel of the call"));
        if (restored) {
            OperatorSubtaskState state = harness.snapshot(1, 1);
            harness.close();
            harness = CallHarness.start(true, 1, 0, 1, state, 0);
        }
        try (CallHarness open = harness) {
            open.takeAll(events.subList(1, events.size()));
            open.setProcessingTime(CallHarness.SETTLED_MS);
            CallRecord record = open.takeRecords().get(0);
            assertThat(lines(record))
                    .containsExactly("AGENT 9000: text 5000 non-speech 1000 (0 0) gap 0 dead letter 3000"
                            + " [6000-9000 DEAD_LETTER]");
            assertThat(record.getTurns()).extracting(Turn::getText).containsExactly("before", "first", "in the middle");
            assertThat(record.getLedgerClosed()).isTrue();
        }
    }

    @Test
    void newsOfAReplayAreKeptNoLongerThanTheyWait() throws Exception {
        SettledSpan news = Script.replayed("call", 0, 4000, 2000, SettledSpan.Kind.TEXT, "in the middle");
        List<Object> events = outage().ended();
        try (CallHarness harness = CallHarness.start();
                CallHarness calm = CallHarness.start()) {
            calm.takeAll(events);
            harness.take(events.get(0));
            harness.take(news);
            harness.takeAll(events.subList(1, events.size()));
            assertThat(harness.numKeyedStateEntries()).isEqualTo(calm.numKeyedStateEntries());
            harness.take(news);
            assertThat(harness.numKeyedStateEntries())
                    .as("the same a second time")
                    .isEqualTo(calm.numKeyedStateEntries());
            harness.take(Script.replayed("call", 1, 4000, 2000, SettledSpan.Kind.TEXT, "of no channel of the call"));
            assertThat(harness.numKeyedStateEntries()).isEqualTo(calm.numKeyedStateEntries() + 1);
            harness.setProcessingTime(2 * CallHarness.SETTINGS.timeToLive().toMillis());
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void newsOfAReplayOfAForgottenCallMakesNoCall() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.take(Script.replayed("call", 0, 4000, 2000, SettledSpan.Kind.TEXT, "long ago"));
            harness.endInput();
            assertThat(harness.takeRecords()).isEmpty();
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    /** Three windows in a row fail. */
    private static Script outage() {
        return new Script("call", 0, 0, 0)
                .silent(1000)
                .said(1000, "before")
                .failed(2000)
                .failed(2000)
                .failed(3000);
    }

    @Test
    void segmentsMissingBeforeTheFirstAreAGapThatBeginsWithTheCallAtTheEarliest() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(new Script("call", 0, 0, 1000).silent(1000).ended(2, 250));
            harness.takeAll(new Script("call", 1, 0, 1000).silent(1000).ended(200, 250));
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            CallRecord record = harness.takeRecords().get(0);
            assertThat(lines(record))
                    .containsExactly(
                            "AGENT 1500: text 0 non-speech 1000 (0 0) gap 500 dead letter 0 [500-1000 GAP]",
                            "CUSTOMER 2000: text 0 non-speech 1000 (0 0) gap 1000 dead letter 0 [0-1000 GAP]");
            assertThat(record.getLedgerClosed()).isTrue();
            assertThat(record.getStartMs()).isZero();
        }
    }

    @Test
    void aCallThatNeverEndsIsPublishedWhenItIsForgotten() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(
                    new Script("call", 0, 0, 0).said(1000, "anybody there").open());
            harness.setProcessingTime(CallHarness.SETTINGS.timeToLive().toMillis());
            CallRecord record = harness.takeRecords().get(0);
            assertThat(record.getEnd()).isEqualTo(CallEnd.IDLE);
            assertThat(record.getLedgerClosed())
                    .as("what it should have been is not known")
                    .isFalse();
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers() + harness.numProcessingTimeTimers())
                    .isZero();
        }
    }

    @Test
    void aCallIsForgottenInTheEnd() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(call("call").get(0));
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            assertThat(harness.takeRecords()).hasSize(1);
            assertThat(harness.numKeyedStateEntries()).as("for late audio").isPositive();
            harness.setProcessingTime(2 * CallHarness.SETTINGS.timeToLive().toMillis());
            assertThat(harness.takeRecords()).isEmpty();
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void theEndOfTheInputEndsEveryCallAtOnce() throws Exception {
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(new Script("a", 0, 0, 0).silent(1000).ended());
            harness.takeAll(new Script("b", 0, 0, 0).silent(1000).cutOff());
            harness.endInput();
            Map<String, CallRecord> records = byCall(harness.takeRecords());
            assertThat(records.get("a").getEnd()).isEqualTo(CallEnd.CHANNELS_ENDED);
            assertThat(records.get("b").getEnd()).isEqualTo(CallEnd.INPUT_ENDED);
            assertThat(records.get("b").getLedgerClosed()).isTrue();
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    /**
     * Three hours of two people who never stop talking: 10,800 turns, of which 4,500 are listed. Their texts have 36 kB, 600 kB, which
     * is too much with the rest, or more than is kept.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 15, 200})
    void aRecordIsNeverTooLargeToPublish(int wordsPerTurn) throws Exception {
        String text = String.join(" ", Collections.nCopies(wordsPerTurn, "größer"));
        try (CallHarness harness = CallHarness.start()) {
            Script agent = new Script("call", 0, 0, 0);
            Script customer = new Script("call", 1, 0, 0);
            for (int i = 0; i < 5400; i++) {
                agent.said(1000, text).silent(750).gap(250);
                customer.silent(1000).said(1000, text);
            }
            harness.takeAll(agent.ended());
            harness.takeAll(customer.ended());
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            CallRecord record = harness.takeRecords().get(0);
            assertThat(PlainJson.write(record)).hasSizeLessThan(CallRecords.MAX_RECORD_BYTES);
            assertThat(record.getTurns()).hasSize(CallRecords.MAX_TURNS);
            assertThat(record.getTurnsOmitted()).isEqualTo(10_800 - CallRecords.MAX_TURNS);
            assertThat(record.getTextOmitted()).isEqualTo(wordsPerTurn > 1);
            assertThat(record.getTurns()).allMatch(turn -> (turn.getText() == null) == (wordsPerTurn > 1));
            assertThat(record.getLedgerClosed()).as("the sums are of all turns").isTrue();
            ChannelAccount first = record.getChannels().get(0);
            assertThat(first.getTurns()).isEqualTo(5400);
            assertThat(first.getGapMs()).isEqualTo(5400 * 250);
            assertThat(first.getHoles().size() + first.getHolesOmitted()).isEqualTo(5400);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void survivesRestoresAndRescaling(boolean rocksDb) throws Exception {
        Map<String, List<Object>> calls = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            List<Object> events = new ArrayList<>();
            call("call-" + i).forEach(events::addAll);
            calls.put("call-" + i, events);
        }
        Map<String, CallRecord> undisturbed;
        try (CallHarness harness = CallHarness.start()) {
            for (List<Object> events : calls.values()) {
                harness.takeAll(events);
            }
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            undisturbed = byCall(harness.takeRecords());
        }
        assertThat(undisturbed).hasSize(12);

        int[] parallelisms = {1, 3, 2};
        OperatorSubtaskState state = null;
        Map<String, CallRecord> disturbed = new TreeMap<>();
        for (int phase = 0; phase < parallelisms.length; phase++) {
            List<OperatorSubtaskState> parts = new ArrayList<>();
            for (int index = 0; index < parallelisms[phase]; index++) {
                try (CallHarness harness = CallHarness.start(
                        rocksDb, parallelisms[phase], index, phase == 0 ? 1 : parallelisms[phase - 1], state, phase)) {
                    int taken = 0;
                    for (Map.Entry<String, List<Object>> each : calls.entrySet()) {
                        if (CallHarness.subtaskOf(each.getKey(), parallelisms[phase]) == index) {
                            int size = each.getValue().size();
                            harness.takeAll(each.getValue()
                                    .subList(
                                            size * phase / parallelisms.length,
                                            size * (phase + 1) / parallelisms.length));
                            taken++;
                        }
                    }
                    assertThat(taken).as("every part has calls").isPositive();
                    parts.add(harness.snapshot(phase, 0));
                    if (phase == parallelisms.length - 1) {
                        harness.setProcessingTime(phase + CallHarness.SETTLED_MS);
                    }
                    disturbed.putAll(byCall(harness.takeRecords()));
                }
            }
            state = AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
        }
        assertThat(disturbed).isEqualTo(undisturbed);
    }

    /** In the middle of a call, with a record of another already published. */
    @Test
    void readsTheStateThatVersion1Wrote() throws Exception {
        OperatorSubtaskState state = OperatorSnapshotUtil.readStateHandle(FROZEN.toString());
        try (CallHarness harness = CallHarness.start(false, 1, 0, 1, state, CallHarness.SETTLED_MS)) {
            harness.takeAll(new Script("ended", 1, 0, 0).silent(1000).ended());
            harness.takeAll(rest(frozenCall()));
            harness.setProcessingTime(2 * CallHarness.SETTLED_MS);
            Map<String, CallRecord> records = byCall(harness.takeRecords());
            assertThat(records.get("ended").getRevision()).isEqualTo(1);
            assertThat(records.get("ended").getTurns()).hasSize(2);
            assertThat(records.get("ended").getChannels()).hasSize(2);
            try (CallHarness undisturbed = CallHarness.start()) {
                undisturbed.takeAll(frozenCall());
                undisturbed.setProcessingTime(CallHarness.SETTLED_MS);
                assertThat(records.get("open"))
                        .isEqualTo(undisturbed.takeRecords().get(0));
            }
        }
    }

    private static List<Object> frozenCall() {
        return call("open").get(1);
    }

    private static List<Object> rest(List<Object> events) {
        return events.subList(events.size() / 2, events.size());
    }

    /** Writes the state of this build as {@link #readsTheStateThatVersion1Wrote} reads it, to the file named. */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        try (CallHarness harness = CallHarness.start()) {
            harness.takeAll(call("ended").get(0));
            harness.setProcessingTime(CallHarness.SETTLED_MS);
            harness.takeAll(frozenCall().subList(0, frozenCall().size() / 2));
            Files.createDirectories(file.getParent());
            OperatorSnapshotUtil.writeStateHandle(harness.snapshot(1, 0), file.toString());
        }
    }

    private static Map<String, CallRecord> byCall(List<CallRecord> records) {
        Map<String, CallRecord> byCall = new TreeMap<>();
        records.forEach(
                record -> assertThat(byCall.put(record.getCallId(), record)).isNull());
        return byCall;
    }

    private static List<String> lines(CallRecord record) {
        return record.getChannels().stream()
                .map(channel -> "%s %d: text %d non-speech %d (%d %d) gap %d dead letter %d %s"
                        .formatted(
                                channel.getRole(),
                                channel.getLengthMs(),
                                channel.getTextMs(),
                                channel.getNonSpeechMs(),
                                channel.getNonSpeechByModelMs(),
                                channel.getNonSpeechByGuardMs(),
                                channel.getGapMs(),
                                channel.getDeadLetterMs(),
                                channel.getHoles().stream()
                                        .map(hole -> hole.getStartMs() + "-" + hole.getEndMs() + " " + hole.getKind())
                                        .toList()))
                .toList();
    }
}
