package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Java example of the README, compiled and run here, and the same text in both places. */
class ReadmeTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern EXAMPLE = Pattern.compile("// README begins\n(.*?)\\s*// README ends", Pattern.DOTALL);

    @Test
    void theExampleTranscribes() throws Exception {
        short[] samples = Sounds.wav(Path.of("demo-model/testset/utterance-00-espeak_seen-clean.wav"));

        assertThat(transcribe(Path.of("demo-model/model"), samples))
                .extracting(AlignedWord::text)
                .startsWith("The", "order", "number", "is");
    }

    private static List<AlignedWord> transcribe(Path folder, short[] samples) {
        // README begins
        try (SharedModels.Lease lease = SharedModels.acquire(folder, ModelOptions.cpu());
                Session session = lease.model().openSession();
                Call call = Call.open()) {
            float[] mel = new float[lease.model().melLength()];
            session.logMel(samples, 0, samples.length, mel);
            call.start(Duration.ofSeconds(30));
            List<byte[]> states = session.encode(List.of(mel), call);
            Decoding decoding =
                    session.decode(states, DecodingOptions.defaults(), call).get(0);
            return session.align(states.get(0), decoding.tokens(), samples.length, decoding.language(), call);
        }
        // README ends
    }

    @Test
    void theReadmeShowsThatExample() throws IOException {
        assertThat(firstGroup(JAVA_BLOCK, Path.of("README.md")).strip())
                .isEqualTo(firstGroup(EXAMPLE, Path.of("src/test/java/io/amanuensis/engine/ReadmeTest.java"))
                        .stripIndent()
                        .strip());
    }

    private static String firstGroup(Pattern pattern, Path file) throws IOException {
        Matcher matcher = pattern.matcher(Files.readString(file));
        assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
        return matcher.group(1);
    }
}
