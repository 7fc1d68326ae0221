package io.amanuensis.job.files;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** A recording in a file: linear PCM, floating point or G.711, 8 to 48 kHz, any number of channels. */
public final class AudioFile implements SampleSource {
    public static final int MIN_SAMPLE_RATE_HZ = 8000;
    public static final int MAX_SAMPLE_RATE_HZ = 48_000;

    /** What a WAV header states as length if its writer could not know: ffmpeg's value and SoX's. */
    private static final long[] STREAMED_BYTES = {0xFFFFFFFFL, 0x7FFFF000L};

    private static final String CONVERT =
            "Convert it first, for example: ffmpeg -i INPUT -ar 16000 -c:a pcm_s16le OUTPUT.wav";

    private final Path file;
    private final AudioInputStream stream;
    private final SampleReader samples;
    private final long frames;

    private AudioFile(Path file, AudioInputStream stream, SampleReader samples, long frames) {
        this.file = file;
        this.stream = stream;
        this.samples = samples;
        this.frames = frames;
    }

    /** @throws AudioFileException if the file cannot be read, or is no sound of a kind that can be */
    public static AudioFile open(Path file) throws AudioFileException {
        AudioInputStream stream = stream(file);
        try {
            long frames = isStreamed(stream) ? -1 : stream.getFrameLength();
            checkComplete(file, frames, stream.getFormat().getFrameSize());
            AudioInputStream linear = linear(stream);
            return new AudioFile(file, linear, reader(file, linear.getFormat()), frames);
        } catch (IOException e) {
            throw closing(stream, e instanceof AudioFileException known ? known : unreadable(file, e));
        }
    }

    @Override
    public int sampleRateHz() {
        return Math.round(stream.getFormat().getSampleRate());
    }

    @Override
    public int channels() {
        return stream.getFormat().getChannels();
    }

    /** Length in frames as the header states it; -1 if it does not. */
    public long frames() {
        return frames;
    }

    @Override
    public short[][] read(int frames) throws AudioFileException {
        try {
            byte[] bytes = stream.readNBytes(
                    Math.multiplyExact(frames, stream.getFormat().getFrameSize()));
            return samples.read(bytes);
        } catch (SampleReader.NotANumberException e) {
            throw new AudioFileException(
                    file, "holds samples that are not numbers (NaN or infinite)", "Record or convert it anew", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private static AudioInputStream stream(Path file) throws AudioFileException {
        if (Files.isDirectory(file)) {
            throw new AudioFileException(file, "is a directory", "Name the sound files in it");
        }
        try {
            return AudioSystem.getAudioInputStream(new File(file.toString()));
        } catch (UnsupportedAudioFileException e) {
            throw new AudioFileException(
                    file, "is no WAV, AU or AIFF file of linear PCM, floating point, mu-law or A-law", CONVERT, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static AudioFileException unreadable(Path file, IOException e) {
        if (!Files.exists(file)) {
            return new AudioFileException(file, "does not exist", "Check the name", e);
        }
        boolean denied = e instanceof AccessDeniedException || e instanceof FileNotFoundException;
        return denied
                ? new AudioFileException(file, "may not be read", "Check its permissions", e)
                : new AudioFileException(
                        file, "cannot be read (" + e.getMessage() + ")", "Check the disk and the file", e);
    }

    private static boolean isStreamed(AudioInputStream stream) {
        int frameBytes = stream.getFormat().getFrameSize();
        return Arrays.stream(STREAMED_BYTES).anyMatch(bytes -> stream.getFrameLength() == bytes / frameBytes);
    }

    /** A recording that was cut off would lose its end without a word. */
    private static void checkComplete(Path file, long frames, int frameBytes) throws IOException {
        long heldBytes = Files.size(file);
        if (frames * frameBytes > heldBytes) {
            throw new AudioFileException(
                    file,
                    "is cut off: its header promises " + frames * frameBytes + " bytes of sound, the file has "
                            + heldBytes,
                    "Copy it again, or keep what there is: ffmpeg -i INPUT OUTPUT.wav");
        }
        if (frames == 0) {
            throw AudioFileException.noSound(file);
        }
    }

    private static AudioInputStream linear(AudioInputStream stream) {
        Encoding encoding = stream.getFormat().getEncoding();
        boolean companded = encoding.equals(Encoding.ULAW) || encoding.equals(Encoding.ALAW);
        return companded ? AudioSystem.getAudioInputStream(Encoding.PCM_SIGNED, stream) : stream;
    }

    private static SampleReader reader(Path file, AudioFormat format) throws AudioFileException {
        float rateHz = format.getSampleRate();
        if (!(rateHz >= MIN_SAMPLE_RATE_HZ && rateHz <= MAX_SAMPLE_RATE_HZ)) {
            throw new AudioFileException(
                    file,
                    "has a sample rate of " + Math.round(rateHz) + " Hz; " + MIN_SAMPLE_RATE_HZ + " to "
                            + MAX_SAMPLE_RATE_HZ + " Hz can be read",
                    CONVERT);
        }
        return SampleReader.of(format)
                .orElseThrow(
                        () -> new AudioFileException(file, "is of a kind that cannot be read: " + format, CONVERT));
    }

    private static AudioFileException closing(AudioInputStream stream, AudioFileException problem) {
        try {
            stream.close();
        } catch (IOException e) {
            problem.addSuppressed(e);
        }
        return problem;
    }
}
