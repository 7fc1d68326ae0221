package io.amanuensis.operators;

import io.amanuensis.operators.account.AccountFunction;
import io.amanuensis.operators.account.AccountSettings;
import io.amanuensis.operators.align.AlignFunction;
import io.amanuensis.operators.align.Unpack;
import io.amanuensis.operators.assemble.Assemble;
import io.amanuensis.operators.decode.DecodeFunction;
import io.amanuensis.operators.decode.DecodeSettings;
import io.amanuensis.operators.decodeaudio.DecodeAudioFunction;
import io.amanuensis.operators.decodeaudio.DecodeAudioSettings;
import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.UtteranceSoFar;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.element.WindowOutcomes;
import io.amanuensis.operators.encode.DeviceEncodeFunction;
import io.amanuensis.operators.encode.DeviceSettings;
import io.amanuensis.operators.encode.EncodeFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.featurize.Featurize;
import io.amanuensis.operators.fetch.FetchFunction;
import io.amanuensis.operators.fetch.FetchSettings;
import io.amanuensis.operators.findspeech.FindSpeechFunction;
import io.amanuensis.operators.findspeech.FindSpeechSettings;
import io.amanuensis.operators.findspeech.FollowSettings;
import io.amanuensis.operators.findspeech.PackingSettings;
import io.amanuensis.operators.guard.GuardFunction;
import io.amanuensis.operators.guard.GuardSettings;
import io.amanuensis.operators.hypothesize.HypothesizeFunction;
import io.amanuensis.operators.microbatch.Backlog;
import io.amanuensis.operators.microbatch.BatchFunction;
import io.amanuensis.operators.microbatch.BesideOutput;
import io.amanuensis.operators.microbatch.ContinuousOperatorFactory;
import io.amanuensis.operators.microbatch.InFlightBounds;
import io.amanuensis.operators.microbatch.MicroBatchOperatorFactory;
import io.amanuensis.operators.microbatch.MicroBatchSettings;
import io.amanuensis.operators.microbatch.OrderedOperatorFactory;
import io.amanuensis.operators.microbatch.SizeBytes;
import io.amanuensis.operators.microbatch.YieldSettings;
import io.amanuensis.operators.microbatch.YieldingOperatorFactory;
import io.amanuensis.operators.npu.TaskCheck;
import io.amanuensis.operators.partials.PartialsFunction;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.read.ReadRecordSerializer;
import io.amanuensis.operators.retry.AmendFunction;
import io.amanuensis.operators.retry.ReplayedRecord;
import io.amanuensis.operators.retry.RetryRecord;
import io.amanuensis.operators.retry.SettleFunction;
import io.amanuensis.operators.retry.UnparkFunction;
import io.amanuensis.operators.sequence.SequenceFunction;
import io.amanuensis.operators.sequence.SequenceSettings;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.Transcript;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;

/** Appends each stage to a stream, with its name and uid. The order of the methods is the order of the data. */
public final class Stages {
    /** While a payload is read the records behind it wait: some seconds of a busy partition, at most. */
    private static final int MOST_BEHIND_A_REFERENCE = 2000;

    private static final long MOST_BYTES_BEHIND_A_REFERENCE = 16L << 20;

    private Stages() {}

    /** Records in their order, those that refer to their payload with it. */
    public static SingleOutputStreamOperator<ReadRecord> fetch(DataStream<ReadRecord> records, FetchSettings settings) {
        return asynchronous(
                records,
                Uids.FETCH,
                new OrderedOperatorFactory<>(
                        Uids.FETCH,
                        new FetchFunction(settings),
                        ReadRecordSerializer.INSTANCE,
                        FetchSettings.PARALLEL_READS,
                        new InFlightBounds(
                                MOST_BEHIND_A_REFERENCE, settings.maxBytes() + MOST_BYTES_BEHIND_A_REFERENCE),
                        Stages::heldBytes),
                ReadRecord.class);
    }

    /** On the heap: what is stated of a payload still to be read. */
    private static long heldBytes(ReadRecord record) {
        if (record.segment == null) {
            return 0;
        }
        return record.segment.reference == null ? record.segment.payload.length : record.segment.reference.bytes;
    }

    /** Any order in, the order of each channel out; dead letters, those of {@code read} among them, on the side. */
    public static SingleOutputStreamOperator<Segment> sequence(
            DataStream<ReadRecord> records, SequenceSettings settings) {
        return named(records.keyBy(ReadRecord::key).process(new SequenceFunction(settings)), Uids.SEQUENCE);
    }

    /** Segments in the order of each channel; dead letters on the side. */
    public static SingleOutputStreamOperator<PcmChunk> decodeAudio(
            DataStream<Segment> segments, DecodeAudioSettings settings) {
        return named(byChannel(segments, Segment::key).process(new DecodeAudioFunction(settings)), Uids.DECODE_AUDIO);
    }

    /** Chunks in the order of each channel, to windows no longer than the engine's; spans on the side output {@link FindSpeechFunction#SPANS}. */
    public static SingleOutputStreamOperator<PcmWindow> findSpeech(
            DataStream<PcmChunk> chunks,
            SpeechEngine.Provider engine,
            FindSpeechSettings settings,
            FollowSettings follow,
            PackingSettings packing) {
        return named(
                byChannel(chunks, PcmChunk::key)
                        .process(new FindSpeechFunction(settings, follow, packing, new EngineWindow(engine))),
                Uids.FIND_SPEECH);
    }

    /** Opens the engine only to ask it. */
    private record EngineWindow(SpeechEngine.Provider provider) implements FindSpeechFunction.ModelWindow {
        @Override
        public int samples() {
            try (SpeechEngine engine = provider.open()) {
                return engine.windowSamples();
            }
        }

        @Override
        public boolean hasWordTimes() {
            try (SpeechEngine engine = provider.open()) {
                return engine.alignment() != Alignment.SKIPPED;
            }
        }
    }

    /**
     * Windows in any order, to any subtask.
     *
     * @param check of the task that {@code encode} is in too
     */
    public static SingleOutputStreamOperator<PcmWindow> featurize(
            DataStream<PcmWindow> windows, SpeechEngine.Provider engine, TaskCheck check) {
        return named(windows.map(new Featurize(engine, check)).returns(PcmWindow.class), Uids.FEATURIZE);
    }

    public static SingleOutputStreamOperator<EncodedWindow> encode(
            DataStream<PcmWindow> windows, SpeechEngine.Provider engine, MicroBatchSettings settings) {
        return microBatches(
                windows,
                Uids.ENCODE,
                new EncodeFunction(engine),
                settings,
                window -> (long) Short.BYTES * window.samples().length,
                EncodedWindow.class);
    }

    /** Where there is a device. Windows that were parked are on the side output {@link DeviceEncodeFunction#PARKED}. */
    public static SingleOutputStreamOperator<EncodedWindow> encode(
            DataStream<PcmWindow> windows, DeviceSettings device, MicroBatchSettings settings) {
        DeviceEncodeFunction function = new DeviceEncodeFunction(device);
        return asynchronous(
                windows,
                Uids.ENCODE,
                new MicroBatchOperatorFactory<>(
                        Uids.ENCODE,
                        function,
                        settings,
                        new BesideOutput<>(DeviceEncodeFunction.PARKED, function.parking()::record),
                        window -> (long) Short.BYTES * window.samples().length),
                EncodedWindow.class);
    }

    public static SingleOutputStreamOperator<DecodedWindow> decode(
            DataStream<EncodedWindow> windows,
            SpeechEngine.Provider engine,
            DecodeSettings settings,
            InFlightBounds bounds) {
        return asynchronous(
                windows,
                Uids.DECODE,
                new ContinuousOperatorFactory<>(
                        Uids.DECODE, new DecodeFunction(engine, settings), bounds, window -> window.states().length),
                DecodedWindow.class);
    }

    /** Decoded windows, to the outcomes of their utterances. */
    public static SingleOutputStreamOperator<WindowOutcome> align(
            DataStream<DecodedWindow> windows, SpeechEngine.Provider engine, MicroBatchSettings settings) {
        SingleOutputStreamOperator<WindowOutcomes> aligned = microBatches(
                windows,
                Uids.ALIGN,
                new AlignFunction(engine),
                settings,
                window -> window.encoded().states().length,
                WindowOutcomes.class);
        return named(aligned.flatMap(new Unpack()).returns(WindowOutcome.class), Uids.UNPACK);
    }

    /** What is suppressed is on the side output {@link GuardFunction#SUPPRESSED}. */
    public static SingleOutputStreamOperator<WindowOutcome> guard(
            DataStream<WindowOutcome> outcomes, GuardSettings settings) {
        return named(
                outcomes.process(new GuardFunction(settings), TypeInformation.of(WindowOutcome.class)), Uids.GUARD);
    }

    /** Dead letters of failed windows are on the side output {@link io.amanuensis.operators.read.DeadLetters#TAG}. */
    public static SingleOutputStreamOperator<Transcript> assemble(
            DataStream<Span> spans, DataStream<WindowOutcome> outcomes, Duration stateTimeToLive) {
        return named(
                spans.keyBy(Span::callKey)
                        .connect(outcomes.keyBy(WindowOutcome::callKey))
                        .process(new Assemble(stateTimeToLive), new AvroTypeInfo<>(Transcript.class)),
                Uids.ASSEMBLE);
    }

    /** Windows that the model can hear; dead letters on the side. */
    public static SingleOutputStreamOperator<PcmWindow> unpark(
            DataStream<RetryRecord> records, SpeechEngine.Provider engine) {
        return named(records.process(new UnparkFunction(engine), TypeInformation.of(PcmWindow.class)), Uids.UNPARK);
    }

    /**
     * In place of {@code assemble}, for windows by themselves; dead letters on the side, and for the ledgers of calls
     * {@link SettleFunction#REPLAYED}.
     */
    public static SingleOutputStreamOperator<Transcript> settle(DataStream<WindowOutcome> outcomes) {
        return named(outcomes.process(new SettleFunction(), new AvroTypeInfo<>(Transcript.class)), Uids.SETTLE);
    }

    /** News of windows that were parked, for {@code account}; dead letters on the side. */
    public static SingleOutputStreamOperator<SettledSpan> amend(DataStream<ReplayedRecord> records) {
        return named(records.process(new AmendFunction(), TypeInformation.of(SettledSpan.class)), Uids.AMEND);
    }

    /**
     * Utterances under way in the order of each channel, to what they seem to say. Chained to {@code find-speech}, so that this
     * order stays; never holds it up.
     */
    public static SingleOutputStreamOperator<SpeechNews> hypothesize(
            DataStream<UtteranceSoFar> sounds,
            SpeechEngine.Provider engine,
            DecodeSettings settings,
            YieldSettings yield) {
        return asynchronous(
                sounds,
                Uids.HYPOTHESIZE,
                new YieldingOperatorFactory<>(
                        Uids.HYPOTHESIZE,
                        new HypothesizeFunction(engine, settings, yield.maxBatchSize()),
                        yield,
                        UtteranceSoFar::supersedes,
                        () -> !Backlog.isEmpty(),
                        sound -> (long) Short.BYTES * sound.samples().length),
                SpeechNews.class);
    }

    /** @param settled on the side output {@link Assemble#OUTCOMES} of {@code assemble} */
    public static SingleOutputStreamOperator<Partial> partials(
            DataStream<SpeechNews> news,
            DataStream<WindowOutcome> settled,
            SpeechEngine.Provider engine,
            Duration stateTimeToLive) {
        return named(
                news.keyBy(SpeechNews::key)
                        .connect(settled.keyBy(outcome -> outcome.info.channel.key()))
                        .process(
                                new PartialsFunction(() -> facts(engine), stateTimeToLive),
                                new AvroTypeInfo<>(Partial.class)),
                Uids.PARTIALS);
    }

    private static EngineFacts facts(SpeechEngine.Provider provider) {
        try (SpeechEngine engine = provider.open()) {
            return engine.facts();
        }
    }

    /** The record of each call when it is over. */
    public static SingleOutputStreamOperator<CallRecord> account(
            DataStream<CountedSound> counted, DataStream<SettledSpan> settled, AccountSettings settings) {
        return named(
                counted.keyBy(CountedSound::callKey)
                        .connect(settled.keyBy(SettledSpan::callKey))
                        .process(new AccountFunction(settings), new AvroTypeInfo<>(CallRecord.class)),
                Uids.ACCOUNT);
    }

    private static <I, O> SingleOutputStreamOperator<O> microBatches(
            DataStream<I> stream,
            String uid,
            BatchFunction<I, O> function,
            MicroBatchSettings settings,
            SizeBytes<I> sizeBytes,
            Class<O> result) {
        return asynchronous(stream, uid, new MicroBatchOperatorFactory<>(uid, function, settings, sizeBytes), result);
    }

    private static <I, O> SingleOutputStreamOperator<O> asynchronous(
            DataStream<I> stream, String uid, OneInputStreamOperatorFactory<I, O> operator, Class<O> result) {
        return named(stream.transform(uid, TypeInformation.of(result), operator), uid);
    }

    /** Keeps to the partitions of the stage before, which has the same key: the stages chain and nothing is sent. */
    private static <T> KeyedStream<T, ChannelKey> byChannel(DataStream<T> stream, KeySelector<T, ChannelKey> key) {
        return DataStreamUtils.reinterpretAsKeyedStream(stream, key, TypeInformation.of(ChannelKey.class));
    }

    private static <T> SingleOutputStreamOperator<T> named(SingleOutputStreamOperator<T> stage, String uid) {
        return stage.name(uid).uid(uid);
    }
}
