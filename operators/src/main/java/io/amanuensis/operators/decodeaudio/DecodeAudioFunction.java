package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.lifetime.ChannelLifetime;
import io.amanuensis.operators.lifetime.ChannelLifetime.Fired;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.DeadLetterCause;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The stage {@code decode-audio}: a {@link ChannelDecoder} per channel. Needs the segments of each channel in order; refused
 * ones go to {@link DeadLetters#TAG}, what was counted to {@link #COUNTS}.
 *
 * <ul>
 *   <li>A segment arrives: {@link #processElement}. After the last of the channel its state is gone.
 *   <li>The channel is idle for {@code idleTimeout}: it ends, with the chunk that says so. Everything downstream relies on
 *       this to let go of a channel that nobody ended.
 *   <li>A bounded input ends: what the resampler held back is handed out. That says nothing about the call, so no end is sent.
 * </ul>
 */
public final class DecodeAudioFunction extends KeyedProcessFunction<ChannelKey, Segment, PcmChunk> {
    private static final long serialVersionUID = 1;

    /** What is counted of every channel, for the ledger of its call. */
    public static final OutputTag<CountedSound> COUNTS =
            new OutputTag<>("counted-sound", TypeInformation.of(CountedSound.class));

    private final DecodeAudioSettings settings;

    private transient ValueState<ChannelSound> sounds;
    private transient ChannelLifetime lifetime;
    private transient ChannelDecoder decoder;
    private transient DecodeAudioMetrics metrics;

    public DecodeAudioFunction(DecodeAudioSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        sounds = getRuntimeContext().getState(new ValueStateDescriptor<>("sound", ChannelSound.class));
        lifetime = new ChannelLifetime(getRuntimeContext(), settings.idleTimeout());
        decoder = new ChannelDecoder(settings);
        metrics = new DecodeAudioMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(Segment segment, Context context, Collector<PcmChunk> out) throws Exception {
        ChannelSound sound = decoder.accept(sounds.value(), segment, new Counted(context, out));
        sounds.update(sound);
        if (sound == null) {
            lifetime.clear(context.timerService());
        } else {
            lifetime.heard(context.timerService());
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<PcmChunk> out) throws Exception {
        Fired fired = lifetime.fired(timestamp, context.timeDomain(), context.timerService());
        if (fired == Fired.NOTHING) {
            return;
        }
        if (fired == Fired.IDLE) {
            decoder.end(sounds.value(), new Counted(context, out));
        } else {
            decoder.cutOff(sounds.value(), new Counted(context, out));
        }
        sounds.clear();
        lifetime.clear(context.timerService());
    }

    @Override
    public void close() {
        if (decoder != null) {
            decoder.close();
        }
    }

    /** Emits and counts. */
    private final class Counted implements ChannelDecoder.Output {
        private final Context context;
        private final Collector<PcmChunk> out;

        private Counted(Context context, Collector<PcmChunk> out) {
            this.context = context;
            this.out = out;
        }

        @Override
        public void emit(PcmChunk chunk) {
            metrics.emitted(chunk);
            out.collect(chunk);
        }

        @Override
        public void count(CountedSound counted) {
            context.output(COUNTS, counted);
        }

        @Override
        public void reject(Segment segment, DeadLetterCause cause, String message) {
            metrics.deadLetters.inc();
            context.output(DeadLetters.TAG, DeadLetters.ofSegment(Uids.DECODE_AUDIO, cause, message, segment));
        }
    }
}
