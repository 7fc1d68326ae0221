package io.amanuensis.operators.findspeech;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.schemas.AudioEncoding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** The demo model's test set, one channel at a time, with the true times of its words. Read with the JDK's own WAV reader. */
final class TestSet {
    private static final Path FOLDER = Path.of(
                    System.getProperty("basedir", "."), "..", "native", "demo-model", "testset")
            .normalize();
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestSet() {}

    /** A word and where it is, seconds. */
    record Word(String text, double start, double end) {}

    /** One channel of a file as it is on disk: mono bytes in the file's encoding. */
    record Channel(String name, AudioEncoding encoding, int sampleRateHz, byte[] payload, List<Word> words) {
        int bytesPerSample() {
            return encoding == AudioEncoding.PCM_S16LE ? 2 : 1;
        }

        /** Where nobody speaks for longer than 1.5 s, less the padding. */
        double secondsBetweenTurns(double paddingSeconds) {
            double sum = 0;
            for (int i = 1; i < words.size(); i++) {
                double pause = words.get(i).start() - words.get(i - 1).end();
                sum += pause > 1.5 ? pause - paddingSeconds : 0;
            }
            return sum;
        }

        /** At 16 kHz; for files of that rate. */
        short[] samples() {
            if (encoding != AudioEncoding.PCM_S16LE || sampleRateHz != 16_000) {
                throw new IllegalStateException(name + " is " + encoding + " at " + sampleRateHz + " Hz");
            }
            short[] samples = new short[payload.length / 2];
            ByteBuffer.wrap(payload)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(samples);
            return samples;
        }

        double seconds() {
            return (double) payload.length / bytesPerSample() / sampleRateHz;
        }
    }

    /** Utterances, pairs and files without speech. */
    static List<Channel> files() throws IOException, UnsupportedAudioFileException {
        List<Channel> channels = new ArrayList<>();
        for (String line : Files.readAllLines(FOLDER.resolve("manifest.jsonl"))) {
            JsonNode entry = JSON.readTree(line);
            Path file = FOLDER.resolve(entry.get("file").asText());
            if (Files.exists(file)) {
                List<Word> words = new ArrayList<>();
                addWords(words, entry);
                channels.add(channel(file, 0, words));
            }
        }
        return channels;
    }

    /** @param name of the file, with its ending */
    static Channel file(String name) throws IOException, UnsupportedAudioFileException {
        return files().stream()
                .filter(channel -> channel.name().equals(name + "#0"))
                .findFirst()
                .orElseThrow();
    }

    /** Both channels of each call. */
    static List<Channel> calls() throws IOException, UnsupportedAudioFileException {
        List<Path> descriptions;
        try (Stream<Path> files = Files.list(FOLDER)) {
            descriptions = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        List<Channel> channels = new ArrayList<>();
        for (Path description : descriptions) {
            JsonNode call = JSON.readTree(Files.readString(description));
            for (int index = 0; index < 2; index++) {
                List<Word> words = new ArrayList<>();
                for (JsonNode turn : call.get("turns")) {
                    if (turn.get("channel").asInt() == index) {
                        addWords(words, turn);
                    }
                }
                channels.add(channel(FOLDER.resolve(call.get("file").asText()), index, words));
            }
        }
        return channels;
    }

    private static void addWords(List<Word> words, JsonNode parent) {
        for (JsonNode word : parent.get("words")) {
            words.add(new Word(
                    word.get("word").asText(),
                    word.get("start").asDouble(),
                    word.get("end").asDouble()));
        }
    }

    private static Channel channel(Path file, int index, List<Word> words)
            throws IOException, UnsupportedAudioFileException {
        try (AudioInputStream in =
                AudioSystem.getAudioInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            AudioFormat format = in.getFormat();
            AudioEncoding encoding =
                    format.getEncoding() == AudioFormat.Encoding.ULAW ? AudioEncoding.MULAW : AudioEncoding.PCM_S16LE;
            byte[] frames = in.readAllBytes();
            int frameBytes = format.getFrameSize();
            int sampleBytes = frameBytes / format.getChannels();
            byte[] mono = new byte[frames.length / format.getChannels()];
            for (int frame = 0; frame < frames.length / frameBytes; frame++) {
                System.arraycopy(
                        frames, frame * frameBytes + index * sampleBytes, mono, frame * sampleBytes, sampleBytes);
            }
            return new Channel(file.getFileName() + "#" + index, encoding, (int) format.getSampleRate(), mono, words);
        }
    }
}
