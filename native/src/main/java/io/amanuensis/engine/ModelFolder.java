package io.amanuensis.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/** A model's folder: where it really is, which of its files define the model, and their hash. */
final class ModelFolder {
    private static final List<String> SETTINGS_AND_TOKENIZER = List.of(
            "config.json",
            "generation_config.json",
            "preprocessor_config.json",
            "vocab.json",
            "merges.txt",
            "added_tokens.json",
            "tokenizer.json",
            "alignment_head.json",
            "alignment_head.safetensors");
    private static final String WEIGHTS = "model.safetensors";
    private static final String WEIGHTS_INDEX = "model.safetensors.index.json";
    private static final String WEIGHTS_SHARDS = "model-*-of-*.safetensors";
    private static final int READ_BYTES = 1 << 20;

    private ModelFolder() {}

    /** The folder without symbolic links, so that one model has one path and one name. */
    static Path real(Path folder) {
        try {
            Path real = folder.toRealPath();
            if (!Files.isDirectory(real)) {
                throw new EngineException(
                        Status.IO, real + " is not a folder; a model is a folder with config.json and weights");
            }
            return real;
        } catch (NoSuchFileException e) {
            throw new EngineException(Status.IO, "The model folder " + folder.toAbsolutePath() + " does not exist", e);
        } catch (IOException e) {
            throw new EngineException(
                    Status.IO, "The model folder " + folder.toAbsolutePath() + " cannot be read: " + e, e);
        }
    }

    /**
     * SHA-256, in lower-case hex, over the files that define the model in the order of their names; of each its name in UTF-8, a
     * zero byte, its length as 8 bytes, high byte first, and its bytes.
     */
    static String hash(Path folder) {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[READ_BYTES];
        try {
            for (String name : definingFiles(folder)) {
                Path file = folder.resolve(name);
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(ByteBuffer.allocate(Long.BYTES)
                        .putLong(Files.size(file))
                        .array());
                try (InputStream in = Files.newInputStream(file)) {
                    for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                        digest.update(chunk, 0, count);
                    }
                }
            }
        } catch (IOException e) {
            throw new EngineException(Status.IO, "The model in " + folder + " cannot be hashed: " + e, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The hash of a model that has no folder: SHA-256 of its name. */
    static String hashOfName(String name) {
        return HexFormat.of().formatHex(sha256().digest(name.getBytes(StandardCharsets.UTF_8)));
    }

    private static TreeSet<String> definingFiles(Path folder) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (String name : SETTINGS_AND_TOKENIZER) {
            if (Files.isRegularFile(folder.resolve(name))) {
                names.add(name);
            }
        }
        // Folders that hold shards beside a whole file hold the same weights twice, in another precision.
        if (Files.isRegularFile(folder.resolve(WEIGHTS))) {
            names.add(WEIGHTS);
        } else {
            names.add(WEIGHTS_INDEX);
            try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder, WEIGHTS_SHARDS)) {
                shards.forEach(shard -> names.add(shard.getFileName().toString()));
            }
        }
        return names;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
