package io.amanuensis.operators.guard;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.guard.GuardPolicy.Objection;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.SuppressedReason;
import io.amanuensis.schemas.SuppressedText;
import io.amanuensis.schemas.Transcript;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The stage {@code guard}: a {@link GuardPolicy} over every outcome. Text that nobody said becomes non-speech, with its reason,
 * and goes to {@link #SUPPRESSED} with its evidence; so does text of windows that the model itself took for silent. Evidence
 * that is not a number is a failed window.
 */
public final class GuardFunction extends ProcessFunction<WindowOutcome, WindowOutcome> {
    private static final long serialVersionUID = 1;

    /** What was suppressed. */
    public static final OutputTag<SuppressedText> SUPPRESSED =
            new OutputTag<>("suppressed", new AvroTypeInfo<>(SuppressedText.class));

    private final GuardSettings settings;
    private transient GuardPolicy policy;
    private transient Map<SuppressedReason, Counter> suppressed;
    private transient Counter evidenceNotANumber;

    public GuardFunction(GuardSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        policy = new GuardPolicy(settings);
        MetricGroup group = getRuntimeContext().getMetricGroup().addGroup(Uids.GUARD);
        suppressed = new EnumMap<>(SuppressedReason.class);
        for (SuppressedReason reason : SuppressedReason.values()) {
            if (reason != SuppressedReason.UNKNOWN) {
                suppressed.put(reason, group.counter(metricName(reason)));
            }
        }
        evidenceNotANumber = group.counter("evidenceNotANumber");
    }

    /** {@code suppressedTooFast} for TOO_FAST. */
    private static String metricName(SuppressedReason reason) {
        StringBuilder name = new StringBuilder("suppressed");
        for (String word : reason.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    @Override
    public void processElement(WindowOutcome outcome, Context context, Collector<WindowOutcome> out) {
        if (outcome.kind == WindowOutcome.Kind.FAILED) {
            out.collect(outcome);
            return;
        }
        String notANumber = Evidence.notANumber(outcome.transcript);
        if (notANumber != null) {
            evidenceNotANumber.inc();
            out.collect(failed(outcome.info, notANumber));
            return;
        }
        Evidence evidence = Evidence.of(outcome.info, outcome.transcript);
        Optional<Objection> objection =
                outcome.kind == WindowOutcome.Kind.TEXT ? policy.objection(evidence) : ofModel(outcome.transcript);
        if (objection.isEmpty()) {
            out.collect(outcome);
            return;
        }
        SuppressedReason reason = objection.get().reason();
        suppressed.get(reason).inc();
        context.output(SUPPRESSED, SuppressedTexts.of(outcome.transcript, evidence, objection.get()));
        WindowOutcome silent = WindowOutcome.of(outcome.info, WindowOutcome.Kind.NON_SPEECH, outcome.transcript);
        silent.suppressedReason = reason;
        out.collect(silent);
    }

    /** The model has decided already; if it wrote something all the same, that is kept. */
    private static Optional<Objection> ofModel(Transcript transcript) {
        if (transcript.getText().isBlank()) {
            return Optional.empty();
        }
        return Optional.of(new Objection(
                SuppressedReason.NO_SPEECH,
                String.format(
                        Locale.ROOT,
                        "no-speech probability %.2f, average log-probability %.2f",
                        transcript.getNoSpeechProbability(),
                        transcript.getAverageLogProbability())));
    }

    private static WindowOutcome failed(WindowInfo info, String notANumber) {
        return WindowOutcome.failed(
                info,
                DeadLetters.ofWindow(
                        Uids.GUARD,
                        DeadLetterCause.ENGINE_FAILURE,
                        notANumber + ": the speech engine computed no text that can be judged",
                        info));
    }
}
