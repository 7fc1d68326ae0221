package io.amanuensis.job.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.DemoModel;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DemoStageTest {
    private final List<DemoCall> calls = calls();
    private DemoStage stage;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.set(RestOptions.BIND_PORT, "0");
        stage = DemoStage.start(configuration);
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        stage.close();
    }

    @Test
    void everythingThatTheJobHoldsIsReadBeforeTheEnd() throws Exception {
        List<Transcript> shown = new ArrayList<>();

        DemoResult result =
                stage.run(calls, Pace.UNPACED, CountingJob::append, published -> shown.addAll(published.transcripts()));

        assertThat(shown).isEqualTo(result.transcripts());
        for (DemoCall call : calls) {
            for (int channel = 0; channel < 2; channel++) {
                assertThat(texts(result.transcripts(), call.name(), channel))
                        .containsExactlyInAnyOrderElementsOf(sequenceNumbers(call));
            }
        }
        assertThat(result.deadLetters()).isEmpty();
        // Sample counts of the three recordings: 1,205,669 and 1,528,331 at 16 kHz, 636,482 at 8 kHz.
        assertThat(result.sound()).isBetween(Duration.ofMillis(500_860), Duration.ofMillis(500_872));
        assertThat(result.wall()).isPositive();
        assertThat(get(stage.webUi() + "/jobs/overview")).contains("\"state\":\"FINISHED\"");
        assertThat(get(stage.webUi() + "/")).contains("Apache Flink Web Dashboard");
    }

    @Test
    void aJobThatFailsEndsTheDemonstrationWithItsCause() {
        DemoCall call = calls.get(0);
        List<DemoCall> poisoned = List.of(call, new DemoCall(CountingJob.POISON, call.recording(), call.reference()));

        assertThatThrownBy(() -> stage.run(poisoned, Pace.UNPACED, CountingJob::append, published -> {}))
                .isInstanceOf(ExecutionException.class)
                .hasStackTraceContaining("poisoned segment");
    }

    private static List<DemoCall> calls() {
        try {
            return DemoCall.in(DemoModel.TEST_SET);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> texts(List<Transcript> transcripts, String call, int channel) {
        return transcripts.stream()
                .filter(transcript -> transcript.getCallId().equals(call) && transcript.getChannel() == channel)
                .map(Transcript::getText)
                .toList();
    }

    private static List<String> sequenceNumbers(DemoCall call) throws IOException {
        List<String> numbers = new ArrayList<>();
        try (var segments = call.segments(0)) {
            segments.forEachRemaining(segment -> {
                if (segment.getChannel() == 0) {
                    numbers.add(Long.toString(segment.getSequence()));
                }
            });
        }
        return numbers;
    }

    private static String get(String uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
                .body();
    }
}
