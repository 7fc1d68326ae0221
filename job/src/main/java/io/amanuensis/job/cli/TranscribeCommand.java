package io.amanuensis.job.cli;

import io.amanuensis.job.files.AudioFile;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.DualMono;
import io.amanuensis.job.format.Timestamps;
import io.amanuensis.job.format.TranscriptFormat;
import io.amanuensis.job.transcribe.FileTranscription;
import io.amanuensis.job.transcribe.Recording;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amanuensis transcribe}: sound files to text, without Kafka. */
@Command(
        name = "transcribe",
        description = {
            "Transcribes sound files.",
            "WAV, AU or AIFF of 8 to 48 kHz: linear PCM, floating point, mu-law or A-law. Channels are transcribed apart. Text goes"
                    + " to standard output, or with --output to one file a recording."
        },
        mixinStandardHelpOptions = true)
final class TranscribeCommand implements Callable<Integer> {
    private static final String TENANT = "local";
    private static final int MIN_SEGMENT_MS = 20;
    /** A second of 48 kHz is 96,000 bytes; a segment may have 1,000,000. */
    private static final int MAX_SEGMENT_MS = 10_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JobSettings settings;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Recordings.")
    private List<Path> files;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            defaultValue = "TXT",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private TranscriptFormat format;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Writes DIR/<name of FILE>.<format> for each FILE.")
    private Path output;

    @Option(names = "--language", paramLabel = "CODE", description = "What is spoken, as Whisper's code (en, de, ...).")
    private String language;

    @Option(
            names = "--roles",
            split = ",",
            paramLabel = "ROLE",
            description = "Who speaks on channel 0, 1, ...: ${COMPLETION-CANDIDATES}.")
    private List<ChannelRole> roles = List.of();

    @Option(names = "--call-id", paramLabel = "ID", description = "Call id of a single FILE. Default: its name.")
    private String callId;

    @Option(
            names = "--segment-ms",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "Length of the pieces that sound is read in, 20 to 10000. Default: ${DEFAULT-VALUE}.")
    private int segmentMs;

    @Override
    public Integer call() throws Exception {
        checkOptions();
        long soundMs = 0;
        List<Recording> recordings = new ArrayList<>();
        Map<String, List<Transcript>> transcripts = new LinkedHashMap<>();
        for (Path file : files) {
            soundMs += lengthMs(file);
            warnOfDualMono(file);
            Recording recording = recording(file);
            recordings.add(recording);
            transcripts.put(recording.call().callId(), new ArrayList<>());
        }
        Configuration configuration = settings.configuration();
        List<DeadLetter> deadLetters = new ArrayList<>();
        try (Progress progress = Progress.of("transcribe", " s", soundMs / 1000)) {
            TranscribedSound transcribed = new TranscribedSound();
            new FileTranscription(recordings, segmentMs, configuration)
                    .run(
                            transcript -> {
                                transcripts.get(transcript.getCallId()).add(transcript);
                                progress.at(transcribed.add(transcript) / 1000);
                            },
                            deadLetters::add);
        }
        for (Recording recording : recordings) {
            write(Path.of(recording.file()), transcripts.get(recording.call().callId()));
        }
        deadLetters.forEach(this::complain);
        return deadLetters.isEmpty() ? ExitCode.OK : ExitCode.JOB_FAILED;
    }

    private void checkOptions() {
        require(
                segmentMs >= MIN_SEGMENT_MS && segmentMs <= MAX_SEGMENT_MS,
                "--segment-ms must be " + MIN_SEGMENT_MS + " to " + MAX_SEGMENT_MS + ", is " + segmentMs);
        require(callId == null || files.size() == 1, "--call-id needs a single FILE");
        require(
                files.size() == 1 || output != null || format == TranscriptFormat.TXT,
                "several FILEs as " + format.fileExtension() + " need --output DIR");
        Set<Path> names = new HashSet<>();
        for (Path file : files) {
            require(
                    names.add(output == null ? file : outputFile(file)),
                    file + " would be written over another FILE's text: "
                            + (output == null ? "named twice" : outputFile(file)));
        }
    }

    private void require(boolean sensible, String message) {
        if (!sensible) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private Recording recording(Path file) throws IOException {
        String id = callId == null ? file.toString() : callId;
        long startEpochMs = Files.getLastModifiedTime(file).toMillis();
        return new Recording(file.toString(), new Call(TENANT, id, startEpochMs, roles, language));
    }

    /** 0 for a file that does not state its length. */
    private void warnOfDualMono(Path file) throws IOException {
        if (DualMono.is(file)) {
            spec.commandLine()
                    .getErr()
                    .println("amanuensis: " + file + " is dual mono: all its channels are the same sound, so that each"
                            + " speaker's words come once a channel. Keep one of them, for example: ffmpeg -i " + file
                            + " -af \"pan=mono|c0=c0\" OUTPUT.wav");
        }
    }

    private static long lengthMs(Path file) throws IOException {
        try (AudioFile sound = AudioFile.open(file)) {
            return Math.max(0, 1000 * sound.frames() * sound.channels() / sound.sampleRateHz());
        }
    }

    private void write(Path file, List<Transcript> transcripts) throws IOException {
        if (output == null) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(files.size() == 1 ? "" : file + "\n");
            format.write(transcripts, out);
            out.flush();
            return;
        }
        Files.createDirectories(output);
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(outputFile(file)))) {
            format.write(transcripts, out);
            if (out.checkError()) {
                throw new IOException("cannot write " + outputFile(file));
            }
        }
    }

    private Path outputFile(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        return output.resolve(name + "." + format.fileExtension());
    }

    private void complain(DeadLetter letter) {
        String where = letter.getStartMs() == null ? "" : " from " + Timestamps.vtt(letter.getStartMs());
        spec.commandLine()
                .getErr()
                .println("amanuensis: " + letter.getOrigin().getTopic() + ", channel " + letter.getChannel() + where
                        + ": " + letter.getCause() + " in " + letter.getStage() + ": " + letter.getMessage());
    }
}
