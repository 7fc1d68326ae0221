package io.amanuensis.job.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.Transcripts;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.PlainJson;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainJsonReaderTest {
    private final Transcript transcript =
            Transcripts.of(1, ChannelRole.AGENT, 10, 2000, "Grüß \"Gott\".", Transcripts.word("Grüß", 10, 500));

    private final DeadLetter deadLetter = DeadLetter.newBuilder()
            .setId("id")
            .setCause(DeadLetterCause.INVALID_WAV)
            .setStage("decode-audio")
            .setMessage("no")
            .setChannel(3)
            .setOrigin(new Origin("topic", 1, 2L, 3L))
            .setPayload(ByteBuffer.wrap(new byte[] {0, -1, 127}))
            .build();

    @Test
    void readsBackWhatTheJobWrites() throws IOException {
        assertThat(PlainJsonReader.read(PlainJson.write(transcript), Transcript.class))
                .isEqualTo(transcript);
        assertThat(PlainJsonReader.read(PlainJson.write(deadLetter), DeadLetter.class))
                .isEqualTo(deadLetter);
    }

    @Test
    void namesTheFieldThatIsWrong() {
        String json = new String(PlainJson.write(transcript), StandardCharsets.UTF_8);

        assertThatThrownBy(() -> read(json.replace("\"probability\":0.5", "\"probability\":\"high\"")))
                .isInstanceOf(IOException.class)
                .hasMessage("Transcript.words[0].probability is STRING");
        assertThatThrownBy(() -> read(json.replace("\"endMs\":2000", "\"end\":2000")))
                .isInstanceOf(IOException.class)
                .hasMessage("Transcript.endMs is missing");
        assertThatThrownBy(() -> read("{")).isInstanceOf(IOException.class);
    }

    private static Transcript read(String json) throws IOException {
        return PlainJsonReader.read(Digests.utf8(json), Transcript.class);
    }
}
