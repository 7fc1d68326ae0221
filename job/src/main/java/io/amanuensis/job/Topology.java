package io.amanuensis.job;

import io.amanuensis.operators.Stages;
import io.amanuensis.operators.assemble.Assemble;
import io.amanuensis.operators.decodeaudio.DecodeAudioFunction;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.encode.DeviceEncodeFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.findspeech.FindSpeechFunction;
import io.amanuensis.operators.guard.GuardFunction;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.retry.ReplayedRecord;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.SuppressedText;
import io.amanuensis.schemas.Transcript;
import java.util.Optional;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * What happens to a call, between whatever it is read from and wherever it is published.
 *
 * <pre>
 * read -+- sequence -> decode-audio -> find-speech -+- featurize -> encode -> decode -> align -> guard -+- assemble -+-> transcripts
 *       |      |          |  |              |       |                                              |    |   |        |
 *       |      |          |  |              |       |                                              +----|---|--------|-> suppressed
 *       |      |          |  |              +-------|-------------------- spans ------------------------+   |        |
 *       |      +----------|--+----------------------|----------------- dead letters ------------------------|--------+-> dead letters
 *       |                 |                         |                                                       |
 *       |                 +-------------------------|-------------------- counts ---------------------- account -------> calls
 *       by channel                                  any subtask                                         by call
 * </pre>
 *
 * <p>Windows that {@code encode} cannot get transcribed in time leave it on the retry topic as well; {@link Replay} is their way back. What
 * it makes of them comes by {@code amend} to {@code account}, which sees it beside the spans of {@code assemble}.
 *
 * <p>Beside this way runs that of partials, which ends on a topic of its own and leads nowhere else:
 *
 * <pre>
 * find-speech -+- events -------------------------------+- partials -> partials
 *              +- the sound so far -> hypothesize ----------+
 * assemble ------ outcomes -----------------------------+
 *                       by channel                      by channel
 * </pre>
 *
 * <p>{@code fetch} stands before {@code sequence} in a job that reads payloads by reference; {@code align} counts {@code unpack} in, which hands on the outcomes of a window one by one. Channels are kept in order from {@code sequence} to {@code find-speech}. Windows then go to any subtask, so that batches
 * fill across calls and one long call does not wait for one core, and {@code assemble} restores the order.
 */
public final class Topology {
    private Topology() {}

    /** What the job has to say: publish all of it. */
    public record Outputs(
            DataStream<Transcript> transcripts,
            DataStream<Partial> partials,
            DataStream<CallRecord> calls,
            DataStream<SuppressedText> suppressed,
            DataStream<DeadLetter> deadLetters,
            DataStream<ParkedWindow> parked) {}

    /**
     * What became of windows, wherever they came from.
     *
     * @param outcomes with {@link GuardFunction#SUPPRESSED} on the side
     */
    record Transcribed(SingleOutputStreamOperator<WindowOutcome> outcomes, DataStream<ParkedWindow> parked) {}

    /** Of a job that hears nothing of windows that were parked. */
    public static Outputs append(DataStream<ReadRecord> read, JobConfig config) {
        return append(read, Optional.empty(), config);
    }

    /** @param replayed news of windows that were parked, for the records of their calls */
    public static Outputs append(DataStream<ReadRecord> read, DataStream<ReplayedRecord> replayed, JobConfig config) {
        return append(read, Optional.of(Stages.amend(replayed)), config);
    }

    private static Outputs append(
            DataStream<ReadRecord> read, Optional<SingleOutputStreamOperator<SettledSpan>> amended, JobConfig config) {
        SpeechEngine.Provider engine = config.speechEngine();

        // Only where it has something to do: it cannot be chained to the source.
        DataStream<ReadRecord> complete =
                config.fetchSettings().allowed().isEmpty() ? read : Stages.fetch(read, config.fetchSettings());
        SingleOutputStreamOperator<Segment> segments = Stages.sequence(complete, config.sequenceSettings());
        SingleOutputStreamOperator<PcmChunk> sound = Stages.decodeAudio(segments, config.decodeAudioSettings());
        SingleOutputStreamOperator<PcmWindow> windows = Stages.findSpeech(
                sound, engine, config.findSpeechSettings(), config.followSettings(), config.packingSettings());

        Transcribed transcribed = transcribe(windows, config);
        SingleOutputStreamOperator<Transcript> transcripts = Stages.assemble(
                windows.getSideOutput(FindSpeechFunction.SPANS), transcribed.outcomes(), config.stateTimeToLive());
        DataStream<DeadLetter> deadLetters = segments.getSideOutput(DeadLetters.TAG)
                .union(sound.getSideOutput(DeadLetters.TAG), transcripts.getSideOutput(DeadLetters.TAG));
        DataStream<SettledSpan> settled = transcripts.getSideOutput(Assemble.SETTLED);
        if (amended.isPresent()) {
            deadLetters = deadLetters.union(amended.get().getSideOutput(DeadLetters.TAG));
            settled = settled.union(amended.get());
        }

        DataStream<SpeechNews> hypotheses = Stages.hypothesize(
                windows.getSideOutput(FindSpeechFunction.SO_FAR),
                engine,
                config.decodeSettings(),
                config.partialBatchSettings());
        DataStream<Partial> partials = Stages.partials(
                windows.getSideOutput(FindSpeechFunction.NEWS).union(hypotheses),
                transcripts.getSideOutput(Assemble.OUTCOMES),
                engine,
                config.stateTimeToLive());
        DataStream<CallRecord> calls =
                Stages.account(sound.getSideOutput(DecodeAudioFunction.COUNTS), settled, config.accountSettings());
        return new Outputs(
                transcripts,
                partials,
                calls,
                transcribed.outcomes().getSideOutput(GuardFunction.SUPPRESSED),
                deadLetters,
                transcribed.parked());
    }

    /** From windows in any order to their outcomes in any order. */
    static Transcribed transcribe(DataStream<PcmWindow> windows, JobConfig config) {
        SpeechEngine.Provider engine = config.speechEngine();
        SingleOutputStreamOperator<PcmWindow> featurized =
                Stages.featurize(windows.rebalance(), engine, config.encoderCheck());
        SingleOutputStreamOperator<EncodedWindow> encoded = config.deviceSettings()
                .map(device -> Stages.encode(featurized, device, config.encodeBatchSettings()))
                .orElseGet(() -> Stages.encode(featurized, engine, config.encodeBatchSettings()));
        SingleOutputStreamOperator<DecodedWindow> decoded =
                Stages.decode(encoded, engine, config.decodeSettings(), config.decodeBounds());
        config.placement().ifPresent(placement -> {
            placement.register(windows.getExecutionEnvironment());
            placement.onNpu(featurized);
            placement.onNpu(encoded);
            placement.offNpu(decoded);
        });
        DataStream<WindowOutcome> aligned = Stages.align(decoded, engine, config.alignBatchSettings());
        return new Transcribed(
                Stages.guard(aligned, config.guardSettings()), encoded.getSideOutput(DeviceEncodeFunction.PARKED));
    }
}
