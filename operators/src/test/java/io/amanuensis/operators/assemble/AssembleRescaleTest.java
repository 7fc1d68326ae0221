package io.amanuensis.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.CallKey;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** {@code assemble}, taken from one subtask to three to two while spans wait for outcomes and outcomes for spans. */
class AssembleRescaleTest {
    private static final int CALLS = 12;
    private static final int WINDOWS = 15;
    private static final int SPAN_SAMPLES = 1600;
    private static final int MAX_PARALLELISM = 128;

    @Test
    void everyCallIsToldAsByOneSubtask() throws Exception {
        Map<String, List<String>> undisturbed = run(1);

        assertThat(undisturbed).hasSize(CALLS);
        assertThat(undisturbed.values()).allSatisfy(ids -> assertThat(ids).hasSize(WINDOWS));
        assertThat(run(1, 3, 2)).isEqualTo(undisturbed);
    }

    /** The ids of the transcripts of each call, as they come. */
    private static Map<String, List<String>> run(int... parallelisms) throws Exception {
        List<Object> events = events();
        Map<String, List<String>> said = new TreeMap<>();
        OperatorSubtaskState state = null;
        int before = 1;
        for (int part = 0; part < parallelisms.length; part++) {
            int parallelism = parallelisms[part];
            List<Object> now = events.subList(
                    events.size() * part / parallelisms.length, events.size() * (part + 1) / parallelisms.length);
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (int index = 0; index < parallelism; index++) {
                try (Subtask subtask = new Subtask(parallelism, index)) {
                    if (state != null) {
                        subtask.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                state, MAX_PARALLELISM, before, parallelism, index));
                    }
                    subtask.open();
                    for (Object event : now) {
                        subtask.processIfItsOwn(event, parallelism, index);
                    }
                    for (Transcript transcript : subtask.extractOutputValues()) {
                        said.computeIfAbsent(transcript.getCallId(), any -> new ArrayList<>())
                                .add(transcript.getId());
                    }
                    states.add(subtask.snapshot(1, 0));
                }
            }
            state = AbstractStreamOperatorTestHarness.repackageState(states.toArray(OperatorSubtaskState[]::new));
            before = parallelism;
        }
        return said;
    }

    /** Spans and outcomes of all calls, shuffled. */
    private static List<Object> events() {
        List<Object> events = new ArrayList<>();
        for (int call = 0; call < CALLS; call++) {
            CallChannel channel = new CallChannel("acme", "call-" + call, 0, ChannelRole.AGENT, 0, 0, null);
            for (long index = 0; index < WINDOWS; index++) {
                long start = index * SPAN_SAMPLES;
                events.add(new Span(channel, index, Span.Kind.SPEECH, start, start + SPAN_SAMPLES));
                WindowInfo info =
                        new WindowInfo(channel, index, start, SPAN_SAMPLES, new OffsetRange("t", 0, index, index));
                events.add(WindowOutcome.of(
                        info, WindowOutcome.Kind.TEXT, Transcripts.of(channel, index, "text " + index)));
            }
        }
        Collections.shuffle(events, new Random(1));
        return events;
    }

    private static final class Subtask
            extends KeyedTwoInputStreamOperatorTestHarness<CallKey, Span, WindowOutcome, Transcript> {
        Subtask(int parallelism, int index) throws Exception {
            super(
                    new KeyedCoProcessOperator<>(new Assemble(Duration.ofHours(1))),
                    Span::callKey,
                    WindowOutcome::callKey,
                    TypeInformation.of(CallKey.class),
                    MAX_PARALLELISM,
                    parallelism,
                    index);
        }

        void processIfItsOwn(Object event, int parallelism, int index) throws Exception {
            CallKey key = event instanceof Span span ? span.callKey() : ((WindowOutcome) event).callKey();
            if (KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism) != index) {
                return;
            }
            if (event instanceof Span span) {
                processElement1(span, 0);
            } else {
                processElement2((WindowOutcome) event, 0);
            }
        }
    }
}
