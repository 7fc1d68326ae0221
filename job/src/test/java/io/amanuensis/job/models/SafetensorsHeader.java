package io.amanuensis.job.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What a safetensors file says of its tensors. */
final class SafetensorsHeader {
    private SafetensorsHeader() {}

    static Map<String, JsonNode> read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            byte[] header = in.readNBytes(Math.toIntExact(Long.reverseBytes(in.readLong())));
            Map<String, JsonNode> tensors = new TreeMap<>();
            new ObjectMapper()
                    .readTree(header)
                    .fields()
                    .forEachRemaining(field -> tensors.put(field.getKey(), field.getValue()));
            tensors.remove("__metadata__");
            return tensors;
        }
    }
}
