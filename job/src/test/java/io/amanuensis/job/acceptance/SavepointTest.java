package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/**
 * A savepoint that an earlier build took in the middle of a call, with a word half said on both channels. It lies in
 * {@code src/test/resources/savepoints/VERSION}; {@link #main} makes one of this build.
 */
public class SavepointTest {
    private static final Path FROZEN = Path.of("src/test/resources/savepoints").toAbsolutePath();
    /** Beside the savepoint: how many utterances were published before it. */
    private static final String PUBLISHED = "published";

    /** Where the frozen build would have cut: what was half said goes on as it began. */
    private static final Map<String, String> AS_FROZEN = Map.of(
            "find-speech.detector", "energy", "find-speech.min-speech", "100 ms", "find-speech.seam-context", "0 ms");

    private static final int SEGMENT_MS = 250;
    private static final long HALF_TIME_MS = 39_000;

    @Test
    void savepointOfEveryReleaseIsResumedWithoutLossOrRepetition() throws Exception {
        List<String> undisturbed = undisturbed();
        try (var versions = Files.list(FROZEN)) {
            for (Path version : versions.toList()) {
                List<String> resumed = resumed(version, undisturbed.size());
                assertThat(resumed).as(version.toString()).isNotEmpty().hasSizeLessThan(undisturbed.size());
                assertThat(undisturbed).endsWith(resumed.toArray(String[]::new));
            }
        }
    }

    private static List<String> undisturbed() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            produce(kafka, Long.MAX_VALUE);
            kafka.run(AS_FROZEN);
            return inOrder(kafka);
        }
    }

    /** The source goes on as it was saved, without an end: until as much is there as the undisturbed run gives in all. */
    private static List<String> resumed(Path savepoint, int total) throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            produce(kafka, Long.MAX_VALUE);
            Map<String, String> options = new HashMap<>(AS_FROZEN);
            options.put("input.bounded", "false");
            options.put("execution.state-recovery.path", savepoint.toUri().toString());
            Configuration configuration = kafka.configuration(options);
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
            TranscriptionJob.onKafka(env, JobConfig.from(configuration));
            JobClient job = env.executeAsync("resumed");
            int published = Integer.parseInt(
                    Files.readString(savepoint.resolve(PUBLISHED)).strip());
            CommonTestUtils.waitUntilCondition(() -> kafka.transcripts().size() >= total - published);
            job.stopWithSavepoint(true, temporary(), SavepointFormatType.CANONICAL)
                    .get(); // anything more comes now
            return inOrder(kafka);
        }
    }

    /** The call's records get the same offsets in every broker: one producer, one key, one partition. */
    private static void produce(KafkaFixture kafka, long untilMs) throws Exception {
        Call call = new Call("acme", "saved", 0, List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER), "en");
        try (CallSegments segments = CallSegments.open(
                KafkaFixture.TEST_SET.resolve("call-1-late-order.wav"), call, Carriage.TELEPHONE, SEGMENT_MS)) {
            while (segments.hasNext()) {
                AudioSegment segment = segments.next();
                if (segment.getStartMs() >= untilMs) {
                    return;
                }
                kafka.produce(segment);
            }
        }
    }

    private static List<String> inOrder(KafkaFixture kafka) throws Exception {
        List<Transcript> transcripts = new ArrayList<>(kafka.transcripts());
        transcripts.sort((a, b) -> Long.compare(a.getEndMs(), b.getEndMs()));
        return transcripts.stream()
                .map(transcript -> transcript.getId() + " " + transcript.getText())
                .toList();
    }

    /**
     * Freezes a savepoint of this build, in {@code job/}: {@code mvn test-compile exec:exec -Dexec.classpathScope=test
     * -Dexec.executable=java -Dexec.args="-cp %classpath io.amanuensis.job.acceptance.SavepointTest
     * src/test/resources/savepoints/VERSION"}.
     */
    public static void main(String[] args) throws Exception {
        Path target = Path.of(args[0]).toAbsolutePath();
        try (KafkaFixture kafka = KafkaFixture.start()) {
            produce(kafka, HALF_TIME_MS);
            Configuration configuration = kafka.configuration(Map.of("input.bounded", "false"));
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
            TranscriptionJob.onKafka(env, JobConfig.from(configuration));
            JobClient job = env.executeAsync("to be saved");
            // Every utterance that ended before half time has been published, so that no transaction is pending.
            List<String> published = new ArrayList<>();
            CommonTestUtils.waitUntilCondition(
                    () -> {
                        List<String> now = inOrder(kafka);
                        boolean still = !now.isEmpty() && now.equals(published);
                        published.clear();
                        published.addAll(now);
                        return still;
                    },
                    5_000);
            String savepoint = job.stopWithSavepoint(
                            false, target.getParent().toUri().toString(), SavepointFormatType.CANONICAL)
                    .get();
            Files.move(Path.of(URI.create(savepoint)), target);
            Files.writeString(target.resolve(PUBLISHED), published.size() + "\n");
        }
        System.exit(0);
    }

    private static String temporary() throws Exception {
        return Files.createTempDirectory("savepoints").toUri().toString();
    }
}
