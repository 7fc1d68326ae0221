package io.amanuensis.job.transcribe;

import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.read.SegmentMapper;
import io.amanuensis.schemas.AudioSegment;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * The {@code read} stage for files: the segments of the recording of an index. Each has its number in the file as offset, and as
 * timestamp the moment when its sound would have ended in a live call. A file that cannot be read fails the job.
 */
final class ReadRecordings implements FlatMapFunction<Long, ReadRecord> {
    private static final long serialVersionUID = 1;

    private final List<Recording> recordings;
    private final int segmentMs;

    ReadRecordings(List<Recording> recordings, int segmentMs) {
        this.recordings = recordings;
        this.segmentMs = segmentMs;
    }

    @Override
    public void flatMap(Long index, Collector<ReadRecord> out) throws Exception {
        Recording recording = recordings.get(index.intValue());
        try (CallSegments segments =
                CallSegments.open(Path.of(recording.file()), recording.call(), Carriage.PCM, segmentMs)) {
            for (long offset = 0; segments.hasNext(); offset++) {
                AudioSegment segment = segments.next();
                long endMs = recording.call().startEpochMs() + segment.getStartMs() + segmentMs;
                OffsetRange origin = new OffsetRange(recording.file(), 0, offset, offset);
                out.collect(ReadRecord.of(SegmentMapper.toSegment(segment, origin, endMs)));
            }
        }
    }
}
