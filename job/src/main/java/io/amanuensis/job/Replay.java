package io.amanuensis.job;

import io.amanuensis.operators.Stages;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.guard.GuardFunction;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.retry.RetryRecord;
import io.amanuensis.operators.retry.SettleFunction;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.SuppressedText;
import io.amanuensis.schemas.Transcript;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * What happens to a window that was parked: a job of its own.
 *
 * <pre>
 * read-retry -> unpark -> featurize -> encode -> decode -> align -> guard -+- settle -+-> transcripts
 *                  |                     |                                 |     |    +-> replayed, for the records of calls
 *                  |                     |                                 +-----|----> suppressed
 *                  +---------------------|---------------------------------------+----> dead letters
 *                                        +--------------------------------------------> parked again
 * </pre>
 */
final class Replay {
    private Replay() {}

    /** What the job has to say: publish all of it. */
    record Outputs(
            DataStream<Transcript> transcripts,
            DataStream<SuppressedText> suppressed,
            DataStream<DeadLetter> deadLetters,
            DataStream<ParkedWindow> parked,
            DataStream<ReplayedWindow> replayed) {}

    static Outputs append(DataStream<RetryRecord> read, JobConfig config) {
        SingleOutputStreamOperator<PcmWindow> windows = Stages.unpark(read, config.speechEngine());
        Topology.Transcribed transcribed = Topology.transcribe(windows, config);
        SingleOutputStreamOperator<Transcript> transcripts = Stages.settle(transcribed.outcomes());
        return new Outputs(
                transcripts,
                transcribed.outcomes().getSideOutput(GuardFunction.SUPPRESSED),
                windows.getSideOutput(DeadLetters.TAG).union(transcripts.getSideOutput(DeadLetters.TAG)),
                transcribed.parked(),
                transcripts.getSideOutput(SettleFunction.REPLAYED));
    }
}
