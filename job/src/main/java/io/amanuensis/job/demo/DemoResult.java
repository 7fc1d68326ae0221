package io.amanuensis.job.demo;

import io.amanuensis.job.score.CallScore;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Transcript;
import java.time.Duration;
import java.util.List;

/**
 * What came of the calls.
 *
 * @param records the newest of each call, by call id
 * @param sound of all channels together
 * @param wall from the first segment sent to the last transcript read back
 */
public record DemoResult(
        List<DemoCall> calls,
        List<Transcript> transcripts,
        List<CallRecord> records,
        List<DeadLetter> deadLetters,
        Duration sound,
        Duration wall) {

    /** Sound transcribed a unit of time: above 1 is faster than life. */
    public double timesRealTime() {
        return (double) sound.toNanos() / wall.toNanos();
    }

    public CallScore score(DemoCall call) {
        List<Transcript> heard = transcripts.stream()
                .filter(transcript -> transcript.getCallId().equals(call.name()))
                .toList();
        return CallScore.of(call.reference(), heard);
    }

    public CallScore score() {
        return calls.stream().map(this::score).reduce(CallScore.NONE, CallScore::plus);
    }
}
