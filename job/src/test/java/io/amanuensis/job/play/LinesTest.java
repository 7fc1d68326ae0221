package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.demo.DemoCall;
import io.amanuensis.job.demo.Sending;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.AudioSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinesTest {
    private static final PlaySettings SETTINGS =
            new PlaySettings("run", 2, 2, 2, 1_000, 500, Carriage.TELEPHONE, new Faults(0.01, 0.02, 2_000, 0, 0), 9);

    @Test
    void linesAreBusyAtTheSameTimeAndEachCallHasItsClock() throws IOException {
        Lines lines = new Lines(recordings(), SETTINGS, 1_000_000);
        Map<String, List<Sending>> calls = new LinkedHashMap<>();
        lines.sendings().forEachRemaining(sending -> calls.computeIfAbsent(
                        sending.segment().getCallId(), id -> new ArrayList<>())
                .add(sending));

        assertThat(calls.keySet())
                .containsExactlyInAnyOrder(
                        "run-line-000-call-00", "run-line-000-call-01", "run-line-001-call-00", "run-line-001-call-01");
        for (List<Sending> call : calls.values()) {
            for (Sending sending : call) {
                AudioSegment segment = sending.segment();
                // At twice the speed a second of the playing is half of one.
                long beginMs = 2 * (segment.getCallStartEpochMs().toEpochMilli() - 1_000_000);
                assertThat(sending.atMs() - beginMs - segment.getStartMs()).isBetween(0L, 500L + 2_000 + 2_000);
            }
        }
        assertThat(begin(calls, "run-line-001-call-00") - begin(calls, "run-line-000-call-00"))
                .isEqualTo(250);
        assertThat(lines.played())
                .extracting(PlayedCall::callId)
                .containsExactlyElementsOf(calls.keySet().stream().sorted().toList());
        long soundMs = lines.played().stream()
                .flatMap(call -> call.channels().stream())
                .mapToLong(PlayedCall.Channel::endMs)
                .sum();
        assertThat(lines.soundMs() - soundMs).isBetween(0L, 16L);
    }

    @Test
    void theSameSeedSendsTheSameAndAnotherSomethingElse() throws IOException {
        List<Sending> once = sent(SETTINGS);
        assertThat(sent(SETTINGS)).isEqualTo(once);
        PlaySettings other = new PlaySettings(
                "run", 2, 2, 2, 1_000, 500, Carriage.TELEPHONE, new Faults(0.01, 0.02, 2_000, 0, 0), 10);
        assertThat(sent(other)).isNotEqualTo(once);
    }

    private static List<Sending> sent(PlaySettings settings) throws IOException {
        List<Sending> sent = new ArrayList<>();
        new Lines(recordings(), settings, 0).sendings().forEachRemaining(sent::add);
        return sent;
    }

    private static long begin(Map<String, List<Sending>> calls, String id) {
        return calls.get(id).get(0).segment().getCallStartEpochMs().toEpochMilli();
    }

    private static List<Path> recordings() throws IOException {
        return DemoCall.in(DemoModel.TEST_SET).stream().map(DemoCall::recording).toList();
    }
}
