package io.amanuensis.operators.partials;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.schemas.Partial;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The stage {@code partials}: tells an utterance while it is spoken. Keyed by channel.
 *
 * <ul>
 *   <li>An event: published as it comes.
 *   <li>A hypothesis: {@link LocalAgreement} with the one before, and published. One that covers no more than the one before (a
 *       restart plays them again; a restart with another parallelism may mix them up) or whose window is settled already is
 *       late: counted, and left out, so that revisions of an utterance only grow.
 *   <li>The outcome of a window: its draft is forgotten. If that had committed what the final does not say, a correction is
 *       published. A window that became no text takes back all of it.
 * </ul>
 *
 * <p>{@code assemble} settles the windows of a channel in order, so an outcome forgets the drafts before it, too. Drafts wait for
 * their outcome: at most {@link #MOST_DRAFTS}, and no longer than the time to live.
 */
public final class PartialsFunction extends KeyedCoProcessFunction<ChannelKey, SpeechNews, WindowOutcome, Partial> {
    private static final long serialVersionUID = 1;

    /** An utterance is spoken while some before it are still decoded. */
    static final int MOST_DRAFTS = 16;

    private final Engine engine;
    private final Duration stateTimeToLive;

    private transient EngineFacts facts;
    private transient ValueState<ChannelProgress> progresses;
    private transient MapState<Long, Draft> drafts;
    private transient PartialsMetrics metrics;

    /** What decodes, and so gives finals their ids. Asked in the task manager, where the model lies. */
    public interface Engine extends Serializable {
        EngineFacts facts();
    }

    /** @param stateTimeToLive after which a channel of which nothing is heard is forgotten */
    public PartialsFunction(Engine engine, Duration stateTimeToLive) {
        this.engine = engine;
        this.stateTimeToLive = stateTimeToLive;
    }

    @Override
    public void open(OpenContext context) {
        facts = engine.facts();
        metrics = new PartialsMetrics(getRuntimeContext().getMetricGroup());
        StateTtlConfig timeToLive = StateTtlConfig.newBuilder(stateTimeToLive).build();
        ValueStateDescriptor<ChannelProgress> progress = new ValueStateDescriptor<>("progress", ChannelProgress.class);
        progress.enableTimeToLive(timeToLive);
        progresses = getRuntimeContext().getState(progress);
        MapStateDescriptor<Long, Draft> byStart = new MapStateDescriptor<>("drafts", Long.class, Draft.class);
        byStart.enableTimeToLive(timeToLive);
        drafts = getRuntimeContext().getMapState(byStart);
    }

    @Override
    public void processElement1(SpeechNews news, Context context, Collector<Partial> out) throws Exception {
        switch (news.kind) {
            case STARTED, ENDED -> out.collect(PartialRecords.event(news, facts.modelHash()));
            case HYPOTHESIS -> hear(news, out);
            case FAILED -> metrics.failed();
        }
    }

    private void hear(SpeechNews news, Collector<Partial> out) throws Exception {
        Draft draft = isAwaited(news) ? draft(news.utteranceStartSample) : null;
        if (draft == null || !isNew(news, draft)) {
            metrics.late();
            return;
        }
        if (news.closing) {
            LocalAgreement.close(draft, news.endSample, news.decoded.text());
        } else {
            LocalAgreement.hear(draft, news.startSample, news.decoded.text());
            draft.coveredEndSample = news.endSample;
            out.collect(PartialRecords.hypothesis(news, draft));
            metrics.published();
        }
        drafts.put(news.utteranceStartSample, draft);
    }

    /** The end of a piece comes behind what has been heard of it and covers less: the rest is heard again with the next. */
    private static boolean isNew(SpeechNews news, Draft draft) {
        return news.closing
                ? news.startSample == draft.pieceStartSample
                : news.startSample >= draft.pieceStartSample && news.endSample > draft.coveredEndSample;
    }

    /** Whether the utterance's outcome is still to come. */
    private boolean isAwaited(SpeechNews news) throws Exception {
        ChannelProgress progress = progressOf(news.channel);
        return progress != null && news.utteranceStartSample > progress.settledStartSample;
    }

    private Draft draft(long startSample) throws Exception {
        Draft draft = drafts.get(startSample);
        if (draft == null) {
            List<Long> starts = starts();
            if (starts.size() >= MOST_DRAFTS) {
                drafts.remove(Collections.min(starts));
            }
            draft = new Draft(startSample);
        }
        return draft;
    }

    @Override
    public void processElement2(WindowOutcome outcome, Context context, Collector<Partial> out) throws Exception {
        ChannelProgress progress = progressOf(outcome.info.channel);
        if (progress == null) {
            return;
        }
        Draft draft = drafts.get(outcome.info.startSample);
        if (draft != null && LocalAgreement.contradicts(PartialRecords.textOf(outcome), draft)) {
            out.collect(PartialRecords.correction(outcome, draft, facts.modelHash()));
            metrics.corrected();
        }
        for (long start : starts()) {
            if (start <= outcome.info.startSample) {
                drafts.remove(start);
            }
        }
        progress.settledStartSample = Math.max(progress.settledStartSample, outcome.info.startSample);
        progresses.update(progress);
    }

    /** Of the newest epoch; null if the given one has been superseded. */
    private ChannelProgress progressOf(CallChannel channel) throws Exception {
        ChannelProgress progress = progresses.value();
        if (progress != null && progress.streamEpoch > channel.streamEpoch) {
            return null;
        }
        if (progress == null || progress.streamEpoch < channel.streamEpoch) {
            drafts.clear();
            progress = new ChannelProgress();
            progress.streamEpoch = channel.streamEpoch;
            progresses.update(progress);
        }
        return progress;
    }

    private List<Long> starts() throws Exception {
        List<Long> starts = new ArrayList<>();
        drafts.keys().forEach(starts::add);
        return starts;
    }
}
