package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.amanuensis.job.cluster.Deadline;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The alerts of {@code deploy/} watch metrics that the job has. */
@Timeout(180)
class AlertsTest {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final Pattern METRIC = Pattern.compile("flink_\\w+");
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    @Test
    void everyMetricOfTheAlertsIsExported() throws Exception {
        Set<String> watched = metrics(Files.readString(DEPLOY.resolve("alerts.yaml")));
        assertThat(watched).isNotEmpty();
        int port = freePort();
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = new UnpluggableNpu(directory)
                    .submit(
                            kafka,
                            "auto",
                            "230 ms",
                            Map.of(
                                    "metrics.reporter.prom.factory.class",
                                    "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
                                    "metrics.reporter.prom.port",
                                    Integer.toString(port)));
            try {
                Call call = new Call("acme", "call", 0, List.of(), "en");
                Path sound = KafkaFixture.TEST_SET.resolve("utterance-00-espeak_seen-clean.wav");
                try (CallSegments segments = CallSegments.open(sound, call, Carriage.PCM, 250)) {
                    kafka.produce(segments);
                }
                Deadline.in(LIMIT)
                        .await("the metrics of the alerts", () -> without(watched, exported(port)), Set::isEmpty);
            } finally {
                UnpluggableNpu.cancel(job);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"check, alerts.yaml", "test, alerts_test.yaml"})
    void prometheusReadsThemAndTheyFireWhenTheyShould(String verb, String file) throws Exception {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", verb, "rules", file)
                    .directory(DEPLOY.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeThat(e)
                    .as("promtool, of Debian's package prometheus, is not installed")
                    .isNull();
            return;
        }
        String said = new String(promtool.getInputStream().readAllBytes());
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(promtool.exitValue()).as(said).isZero();
    }

    private static Set<String> metrics(String text) {
        Set<String> names = new TreeSet<>();
        METRIC.matcher(text).results().forEach(match -> names.add(match.group()));
        return names;
    }

    private static Set<String> without(Set<String> names, Set<String> known) {
        Set<String> missing = new TreeSet<>(names);
        missing.removeAll(known);
        return missing;
    }

    private static Set<String> exported(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                .build();
        return metrics(HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
