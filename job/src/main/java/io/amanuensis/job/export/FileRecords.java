package io.amanuensis.job.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.demo.PlainJsonReader;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.nio.file.Path;

/** Calls and transcripts in a file of JSON objects, one after another, as a consumer of the topics writes them down. */
public final class FileRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private FileRecords() {}

    /** @throws IOException if the file cannot be read, or holds anything else; the message says what and where */
    public static void forEach(Path file, RecordHandler handler) throws IOException {
        try (MappingIterator<JsonNode> objects = JSON.readerFor(JsonNode.class).readValues(file.toFile())) {
            for (int number = 1; objects.hasNextValue(); number++) {
                hand(objects.nextValue(), file + ", object " + number, handler);
            }
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void hand(JsonNode json, String where, RecordHandler handler) throws IOException {
        try {
            if (json.has("ledgerClosed")) {
                handler.call(PlainJsonReader.read(JSON.writeValueAsBytes(json), CallRecord.class));
            } else if (json.has("words")) {
                handler.transcript(PlainJsonReader.read(JSON.writeValueAsBytes(json), Transcript.class));
            } else {
                throw new IOException("neither a call nor a transcript");
            }
        } catch (IOException e) {
            throw new IOException(where + ": " + e.getMessage(), e);
        }
    }
}
