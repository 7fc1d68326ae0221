package io.amanuensis.operators.assemble;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.CallKey;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.SpokenTurn;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.Transcript;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets every announced window meet its outcome and publishes the outcomes of a channel in the order of its spans, whatever
 * order they arrive in, and what became of each span on {@link #SETTLED}: windows overtake one another between subtasks, and the two inputs have no order between them.
 *
 * <p>A channel's head of line is its first span not yet settled. A non-speech span or gap is settled by its announcement, a
 * speech span by its outcome. Nothing waits on a clock, because {@code encode}, {@code decode} and {@code align}
 * answer every window within their deadlines. Words that two windows heard at a seam are settled on the way ({@link SeamWords}). State of a run of a channel goes with its END, or 30 days after the time to live.
 */
public final class Assemble extends KeyedCoProcessFunction<CallKey, Span, WindowOutcome, Transcript> {
    private static final long serialVersionUID = 1;

    /** The outcome of every window, in the order of its channel. */
    public static final OutputTag<WindowOutcome> OUTCOMES =
            new OutputTag<>("outcomes", TypeInformation.of(WindowOutcome.class));

    /** What became of every span, for the ledger of its call. */
    public static final OutputTag<SettledSpan> SETTLED =
            new OutputTag<>("settled-spans", TypeInformation.of(SettledSpan.class));

    /** Position in {@link SpanKey} form: the index is always 0. */
    private static final long HEAD_OF_LINE = 0;

    /** Flink's time to live runs on while a job is down, and what is in flight in its savepoint is not to vanish. */
    private static final Duration LONGEST_OUTAGE = Duration.ofDays(30);

    private final Duration stateTimeToLive;
    private transient MapState<SpanKey, Span> spans;
    private transient MapState<SpanKey, WindowOutcome> outcomes;
    private transient MapState<SpanKey, Long> nextIndices;
    private transient MapState<SpanKey, SeamMemory> seams;
    private transient AssembleMetrics metrics;

    /** @param stateTimeToLive after which the stages before end a channel; what is left of one is forgotten 30 days later */
    public Assemble(Duration stateTimeToLive) {
        this.stateTimeToLive = stateTimeToLive;
    }

    @Override
    public void open(OpenContext context) {
        spans = mapState("spans", Span.class);
        outcomes = mapState("outcomes", WindowOutcome.class);
        nextIndices = mapState("next-indices", Long.class);
        seams = mapState("seams", SeamMemory.class);
        metrics = new AssembleMetrics(getRuntimeContext().getMetricGroup().addGroup(Uids.ASSEMBLE));
    }

    private <V> MapState<SpanKey, V> mapState(String name, Class<V> valueClass) {
        TypeInformation<V> values = TypeInformation.of(valueClass);
        MapStateDescriptor<SpanKey, V> descriptor = new MapStateDescriptor<>(name, Types.POJO(SpanKey.class), values);
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(stateTimeToLive.plus(LONGEST_OUTAGE)).build());
        return getRuntimeContext().getMapState(descriptor);
    }

    @Override
    public void processElement1(Span span, Context context, Collector<Transcript> out) throws Exception {
        spans.put(new SpanKey(span.channel, span.index), span);
        settle(span.channel, span.beginsRun() ? span.index : null, context, out);
    }

    @Override
    public void processElement2(WindowOutcome outcome, Context context, Collector<Transcript> out) throws Exception {
        outcomes.put(new SpanKey(outcome.info.channel, outcome.info.index), outcome);
        settle(outcome.info.channel, null, context, out);
    }

    /** @param begun the first span of a run that has just been announced, or null */
    private void settle(CallChannel channel, Long begun, Context context, Collector<Transcript> out) throws Exception {
        SpanKey progress = new SpanKey(channel, HEAD_OF_LINE);
        Long stored = nextIndices.get(progress);
        Long next = stored == null ? begun : stored;
        while (next != null) {
            SpanKey key = new SpanKey(channel, next);
            Span span = spans.get(key);
            SettledSpan settled = span == null ? null : settled(span, key, context, out);
            if (settled == null) {
                break;
            }
            context.output(SETTLED, settled);
            spans.remove(key);
            metrics.settled(span);
            next = span.kind == Span.Kind.END ? firstOfNextRun(channel) : Long.valueOf(next + 1);
        }
        if (next == null && stored != null) {
            nextIndices.remove(progress);
        } else if (next != null && !next.equals(stored)) {
            nextIndices.put(progress, next);
        }
    }

    /** Of a channel that has ended and went on before all of its windows had their outcomes; null if it has not. */
    private Long firstOfNextRun(CallChannel channel) throws Exception {
        Long first = null;
        for (Span span : spans.values()) {
            if (span.beginsRun()
                    && span.channel.channel == channel.channel
                    && span.channel.streamEpoch == channel.streamEpoch
                    && (first == null || span.index < first)) {
                first = span.index;
            }
        }
        return first;
    }

    /** Null if it waits for its outcome. */
    private SettledSpan settled(Span span, SpanKey key, Context context, Collector<Transcript> out) throws Exception {
        return switch (span.kind) {
            case SPEECH -> publish(span, key, context, out);
            case NON_SPEECH -> new SettledSpan(span, SettledSpan.Kind.SILENT_TO_DETECTOR, null);
            case GAP -> new SettledSpan(span, SettledSpan.Kind.GAP, null);
            case REFUSED -> new SettledSpan(span, SettledSpan.Kind.DEAD_LETTER, null);
            case END -> new SettledSpan(span, SettledSpan.Kind.END, null);
        };
    }

    private SettledSpan publish(Span span, SpanKey key, Context context, Collector<Transcript> out) throws Exception {
        WindowOutcome outcome = outcomes.get(key);
        if (outcome == null) {
            return null;
        }
        outcomes.remove(key);
        boolean emptied = settleSeams(outcome);
        metrics.published(outcome, emptied);
        context.output(OUTCOMES, outcome);
        if (emptied) {
            return new SettledSpan(span, SettledSpan.Kind.TEXT, null);
        }
        switch (outcome.kind) {
            case TEXT -> {
                out.collect(outcome.transcript);
                return new SettledSpan(span, SettledSpan.Kind.TEXT, SpokenTurn.of(outcome.transcript));
            }
            case FAILED -> {
                context.output(DeadLetters.TAG, outcome.deadLetter);
                return new SettledSpan(span, SettledSpan.Kind.DEAD_LETTER, null);
            }
            case NON_SPEECH -> {
                boolean byModel = outcome.isSilentToModel();
                return new SettledSpan(
                        span, byModel ? SettledSpan.Kind.SILENT_TO_MODEL : SettledSpan.Kind.SUPPRESSED, null);
            }
            default -> throw new IllegalStateException("an outcome of no kind: " + outcome.info);
        }
    }

    /** Leaves the outcome the words that are its own. @return whether it had words and all of them are its neighbours' */
    private boolean settleSeams(WindowOutcome outcome) throws Exception {
        WindowInfo info = outcome.info;
        if (info.contextBeforeSamples == 0 && info.contextAfterSamples == 0) {
            return false;
        }
        SpanKey seam = new SpanKey(info.channel, HEAD_OF_LINE);
        SeamMemory before = info.contextBeforeSamples == 0 ? null : seams.get(seam);
        seams.remove(seam);
        if (outcome.kind != WindowOutcome.Kind.TEXT) {
            return false;
        }
        SeamMemory memory = SeamWords.memory(outcome.transcript, info, before);
        if (memory != null) {
            seams.put(seam, memory);
        }
        outcome.transcript = SeamWords.kept(outcome.transcript, info, before);
        boolean emptied = outcome.transcript.getText().isEmpty();
        if (emptied) {
            outcome.kind = WindowOutcome.Kind.NON_SPEECH;
        }
        return emptied;
    }
}
