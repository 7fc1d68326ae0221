package io.amanuensis.job.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A safetensors file of half-precision tensors, written from front to back through one buffer. */
final class SafetensorsWriter {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /** @throws IOException if the file exists, or cannot be written */
    static void write(Path file, List<WhisperTensor> tensors, long seed) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] header = header(tensors);
            writeAll(
                    out,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(header.length)
                            .flip());
            writeAll(out, ByteBuffer.wrap(header));
            for (int i = 0; i < tensors.size(); i++) {
                TensorFiller filler = TensorFiller.of(tensors.get(i), seed, i);
                for (long left = tensors.get(i).elements(); left > 0; left--) {
                    buffer.putShort(filler.next());
                    if (!buffer.hasRemaining()) {
                        writeAll(out, buffer.flip());
                        buffer.clear();
                    }
                }
            }
            writeAll(out, buffer.flip());
        }
    }

    /** JSON, filled up with blanks so that the numbers begin at a multiple of 8 bytes. */
    private static byte[] header(List<WhisperTensor> tensors) throws IOException {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("__metadata__", Map.of("format", "pt"));
        long offset = 0;
        for (WhisperTensor tensor : tensors) {
            long end = offset + tensor.elements() * Short.BYTES;
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", "F16");
            entry.put("shape", tensor.shape());
            entry.put("data_offsets", List.of(offset, end));
            entries.put(tensor.name(), entry);
            offset = end;
        }
        String json = new ObjectMapper().writeValueAsString(entries);
        return (json + " ".repeat(Math.floorMod(-json.length(), ALIGNMENT))).getBytes(StandardCharsets.US_ASCII);
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
