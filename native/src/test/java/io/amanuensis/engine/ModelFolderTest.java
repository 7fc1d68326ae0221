package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Golden hashes: Python's hashlib over name, zero byte, length and bytes of each file. */
class ModelFolderTest {
    private static final String WHOLE = "45bdf7e2c4d5db682997b8764f33acdb6296da97df3680e25f19b86796ad621b";
    private static final String SHARDED = "859cf88b7bcb2498b524acae43320dd4b324c8b73ecfb1e97efb3ce5ceede5ef";

    @TempDir
    private Path folder;

    @Test
    void theHashCoversTheFilesThatDefineTheModel() throws IOException {
        write("vocab.json", "{\"a\": 0}");
        write("model.safetensors", "weights");
        write("config.json", "{}");

        assertThat(ModelFolder.hash(folder)).isEqualTo(WHOLE);
    }

    @Test
    void otherFilesAndSparePrecisionsDoNotCount() throws IOException {
        theHashCoversTheFilesThatDefineTheModel();
        write("README.md", "a model");
        write("model.fp32-00001-of-00001.safetensors", "the same again");
        write("model.safetensors.index.json", "{}");

        assertThat(ModelFolder.hash(folder)).isEqualTo(WHOLE);
    }

    @Test
    void oneChangedByteChangesIt() throws IOException {
        theHashCoversTheFilesThatDefineTheModel();
        write("model.safetensors", "weightz");

        assertThat(ModelFolder.hash(folder)).isNotEqualTo(WHOLE);
    }

    @Test
    void shardedWeightsCountWithTheirIndex() throws IOException {
        write("config.json", "{}");
        write("model-00002-of-00002.safetensors", "two");
        write("model-00001-of-00002.safetensors", "one");
        write("model.safetensors.index.json", "{}");

        assertThat(ModelFolder.hash(folder)).isEqualTo(SHARDED);
    }

    @Test
    void symbolicLinksAreResolved() throws IOException {
        Path target = Files.createDirectory(folder.resolve("whisper-base"));
        Path link = Files.createSymbolicLink(folder.resolve("current"), target);

        assertThat(ModelFolder.real(link).getFileName()).hasToString("whisper-base");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
