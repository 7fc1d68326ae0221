package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.UtteranceSoFar;
import java.io.Serializable;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The stage {@code find-speech}: an {@link UtteranceFinder} per channel. Emits the windows, announces every {@link Span} on
 * {@link #SPANS}, and follows utterances under way on {@link #NEWS} and {@link #SO_FAR}. Relies on {@code decode-audio} for chunks without holes and for the end of channels that nobody ended.
 *
 * <ul>
 *   <li>A chunk arrives: {@link #processElement}. Behind the last of an epoch comes the END span and the state is gone; a chunk
 *       of another epoch ends the one before.
 *   <li>A bounded input ends (the watermark {@link Long#MAX_VALUE}): what is left is judged and announced. That says nothing
 *       about the call, so there is no END.
 * </ul>
 */
public final class FindSpeechFunction extends KeyedProcessFunction<ChannelKey, PcmChunk, PcmWindow> {
    private static final long serialVersionUID = 1;

    /** Every span of every channel, in order; a SPEECH span before its window. */
    public static final OutputTag<Span> SPANS = new OutputTag<>("spans", TypeInformation.of(Span.class));

    /** Who begins and ceases to speak; with {@link FollowSettings#enabled}. */
    public static final OutputTag<SpeechNews> NEWS = new OutputTag<>("news", TypeInformation.of(SpeechNews.class));

    /** Utterances under way, at fixed positions; with {@link FollowSettings#enabled}. */
    public static final OutputTag<UtteranceSoFar> SO_FAR =
            new OutputTag<>("so-far", TypeInformation.of(UtteranceSoFar.class));

    private static final long END_OF_INPUT_MS = Long.MAX_VALUE;

    private final FindSpeechSettings settings;
    private final FollowSettings follow;
    private final PackingSettings packing;
    private final ModelWindow modelWindow;

    private transient int windowSamples;
    private transient boolean wordTimes;
    private transient ValueState<ChannelSpeech> speeches;
    private transient ValueState<Following> followings;
    private transient MapState<Long, StoredChunk> chunks;
    private transient MapState<Long, StoredChunk> packedChunks;
    private transient FindSpeechMetrics metrics;

    /** What of the model matters here. Asked in the task manager, where the model lies. */
    public interface ModelWindow extends Serializable {
        /** Length at 16 kHz. */
        int samples();

        /** Whether the model's words have times. */
        default boolean hasWordTimes() {
            return true;
        }
    }

    /** Without following utterances, and with a window for each. */
    public FindSpeechFunction(FindSpeechSettings settings, ModelWindow modelWindow) {
        this(settings, FollowSettings.OFF, PackingSettings.OFF, modelWindow);
    }

    /** @param modelWindow no window is longer */
    public FindSpeechFunction(
            FindSpeechSettings settings, FollowSettings follow, PackingSettings packing, ModelWindow modelWindow) {
        this.settings = settings;
        this.follow = follow;
        this.packing = packing;
        this.modelWindow = modelWindow;
    }

    @Override
    public void open(OpenContext context) {
        windowSamples = modelWindow.samples();
        wordTimes = modelWindow.hasWordTimes();
        settings.requireRoomIn(windowSamples);
        if (packing.enabled() && !wordTimes) {
            throw new IllegalArgumentException(
                    "find-speech.packing is on, but this model's words have no times to tell the utterances of a window apart by; turn it off");
        }
        speeches = getRuntimeContext().getState(new ValueStateDescriptor<>("speech", ChannelSpeech.class));
        followings = getRuntimeContext().getState(new ValueStateDescriptor<>("following", Following.class));
        chunks = getRuntimeContext().getMapState(new MapStateDescriptor<>("chunks", Long.class, StoredChunk.class));
        packedChunks =
                getRuntimeContext().getMapState(new MapStateDescriptor<>("pack-chunks", Long.class, StoredChunk.class));
        metrics = new FindSpeechMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void close() {
        settings.detector().close();
    }

    @Override
    public void processElement(PcmChunk chunk, Context context, Collector<PcmWindow> out) throws Exception {
        ChannelSpeech speech = speeches.value();
        UtteranceFollower follower = follower(context);
        if (speech != null && speech.channel.streamEpoch != chunk.channel.streamEpoch) {
            Counted last = new Counted(speech, context, out);
            finder(speech, follower, last).end();
            last.packer.close();
            speech = null;
        }
        if (speech == null) {
            speech = ChannelSpeech.beginningWith(chunk, settings.detector());
            context.timerService().registerEventTimeTimer(END_OF_INPUT_MS);
        }
        Counted counted = new Counted(speech, context, out);
        UtteranceFinder finder = finder(speech, follower, counted);
        finder.accept(chunk);
        if (chunk.last) {
            finder.end();
            counted.packer.close();
            speeches.clear();
            followings.clear();
            context.timerService().deleteEventTimeTimer(END_OF_INPUT_MS);
        } else {
            speeches.update(speech);
            if (follower != null && follower.changed()) {
                followings.update(follower.following());
            }
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<PcmWindow> out) throws Exception {
        ChannelSpeech speech = speeches.value();
        Counted counted = new Counted(speech, context, out);
        finder(speech, follower(context), counted).flush();
        counted.packer.close();
        speeches.clear();
        followings.clear();
    }

    /** Null if utterances are not followed. */
    private UtteranceFollower follower(Context context) throws Exception {
        if (!follow.enabled()) {
            return null;
        }
        Following following = followings.value();
        return new UtteranceFollower(
                follow, windowSamples, following == null ? new Following() : following, new Followed(context));
    }

    private UtteranceFinder finder(ChannelSpeech speech, UtteranceFollower follower, Counted output) {
        return new UtteranceFinder(
                settings,
                windowSamples,
                wordTimes,
                speech,
                new StoredChunks(chunks),
                output,
                follower == null ? UtteranceListener.NONE : follower);
    }

    /** The current key's map. */
    private record StoredChunks(MapState<Long, StoredChunk> chunks) implements Recording.Store {
        @Override
        public void put(long number, StoredChunk chunk) throws Exception {
            chunks.put(number, chunk);
        }

        @Override
        public StoredChunk get(long number) throws Exception {
            return chunks.get(number);
        }

        @Override
        public void remove(long number) throws Exception {
            chunks.remove(number);
        }
    }

    /** Packs, emits and counts. */
    private final class Counted implements UtteranceFinder.Output {
        private final Context context;
        private final WindowPacker packer;

        private Counted(ChannelSpeech speech, Context context, Collector<PcmWindow> out) {
            this.context = context;
            this.packer = new WindowPacker(
                    packing, windowSamples, settings, speech, new StoredChunks(packedChunks), window -> {
                        metrics.emitted(window);
                        out.collect(window);
                    });
        }

        @Override
        public void announce(Span span) {
            metrics.announced(span);
            context.output(SPANS, span);
        }

        @Override
        public void emit(PcmWindow window) throws Exception {
            packer.add(window);
        }

        @Override
        public void judging(long endSample) throws Exception {
            packer.heard(endSample);
        }
    }

    /** Emits on the side. */
    private final class Followed implements UtteranceFollower.Output {
        private final Context context;

        private Followed(Context context) {
            this.context = context;
        }

        @Override
        public void tell(SpeechNews news) {
            context.output(NEWS, news);
        }

        @Override
        public void handOn(UtteranceSoFar sound) {
            context.output(SO_FAR, sound);
        }
    }
}
