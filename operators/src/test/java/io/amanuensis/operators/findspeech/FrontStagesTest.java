package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.decodeaudio.DecodeAudioFunction;
import io.amanuensis.operators.decodeaudio.DecodeAudioSettings;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.operators.sequence.SequenceFunction;
import io.amanuensis.operators.sequence.SequenceSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The three stages in a Flink cluster: no generic serializer, two subtasks, a bounded input whose channels nobody ends. */
class FrontStagesTest {
    /** Hears speech in this test's noise. */
    private static final FindSpeechSettings SETTINGS =
            FindSpeechSettings.DEFAULT.withDetector(new EnergyDetector(EnergySettings.DEFAULT));

    private static final int CALLS = 6;
    private static final int SEGMENTS = 20;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    /** Each call's segments in any order, the third missing. */
    private static List<ReadRecord> shuffledCalls() {
        List<ReadRecord> records = new ArrayList<>();
        Random random = new Random(3);
        for (int call = 0; call < CALLS; call++) {
            for (int sequence = 0; sequence < SEGMENTS; sequence++) {
                Segment segment = Segments.segment(Segments.channel("call-" + call, 0), sequence, sequence);
                if (sequence >= 8 && sequence < 12) {
                    random.nextBytes(segment.payload);
                }
                if (sequence != 2) {
                    records.add(ReadRecord.of(segment));
                }
            }
        }
        Collections.shuffle(records, random);
        return records;
    }

    private static Map<String, List<Span>> run() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(2);
        SingleOutputStreamOperator<Segment> segments = environment
                .fromData(shuffledCalls())
                .keyBy(ReadRecord::key)
                .process(new SequenceFunction(SequenceSettings.DEFAULT));
        SingleOutputStreamOperator<PcmChunk> chunks = DataStreamUtils.reinterpretAsKeyedStream(segments, Segment::key)
                .process(new DecodeAudioFunction(DecodeAudioSettings.DEFAULT));
        SingleOutputStreamOperator<PcmWindow> windows = DataStreamUtils.reinterpretAsKeyedStream(chunks, PcmChunk::key)
                .process(new FindSpeechFunction(SETTINGS, () -> 160_000));
        Map<String, List<Span>> spans = new TreeMap<>();
        try (CloseableIterator<Span> announced =
                windows.getSideOutput(FindSpeechFunction.SPANS).executeAndCollect()) {
            for (Iterator<Span> each = announced; each.hasNext(); ) {
                Span span = each.next();
                spans.computeIfAbsent(span.channel.callId, id -> new ArrayList<>())
                        .add(span);
            }
        }
        spans.values().forEach(list -> list.sort(Comparator.comparingLong(span -> span.index)));
        return spans;
    }

    /**
     * 0.5 s heard, 0.25 s missing, then silence; noise from sample 32000 to 48000, which the resampler lets ring into the frame before
     * and the one behind, with 8000 samples before and 4800 behind; and silence to the end at 5 s.
     */
    @Test
    void everyCallIsAccountedForToItsLastSample() throws Exception {
        Map<String, List<Span>> spans = run();
        assertThat(spans).hasSize(CALLS);
        for (int call = 0; call < CALLS; call++) {
            String id = "call-" + call;
            assertThat(spans.get(id))
                    .extracting(Span::toString)
                    .containsExactly(
                            "NON_SPEECH acme/" + id + "/0@0 #0 [0, 8000)",
                            "GAP acme/" + id + "/0@0 #1 [8000, 12000)",
                            "NON_SPEECH acme/" + id + "/0@0 #2 [12000, 23680)",
                            "SPEECH acme/" + id + "/0@0 #3 [23680, 53120)",
                            "NON_SPEECH acme/" + id + "/0@0 #4 [53120, 80000)");
        }
    }
}
