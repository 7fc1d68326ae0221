package io.amanuensis.job.cli;

import io.amanuensis.job.JobOptions;
import io.amanuensis.job.export.ExportFormat;
import io.amanuensis.job.export.FileRecords;
import io.amanuensis.job.export.RecordHandler;
import io.amanuensis.job.export.TopicRecords;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amanuensis export}: calls and transcripts in other products' shapes. */
@Command(
        name = "export",
        description = {
            "Writes calls and transcripts as other products' dashboards read them, one JSON object a line.",
            "Reads what is committed on a topic now, or FILEs of JSON records as kcat writes them. Of a call that was revised all"
                    + " revisions are written, the newest last."
        },
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            required = true,
            description =
                    "${COMPLETION-CANDIDATES}: events of Amazon Live Call Analytics, output of Amazon Transcribe Call"
                            + " Analytics, Deepgram's Results messages.")
    private ExportFormat format;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Kafka to read from.")
    private String bootstrap;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Topic of calls or of transcripts. Default: " + Topics.TRANSCRIPTS + " for deepgram, else "
                    + Topics.CALLS + ".")
    private String topic;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "A property of the consumer, as kafka.security.protocol=SASL_SSL.")
    private final Map<String, String> options = new LinkedHashMap<>();

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "JSON records, instead of a topic.")
    private List<Path> files = List.of();

    @Override
    public Integer call() throws Exception {
        if (files.isEmpty() == (bootstrap == null)) {
            throw new ParameterException(spec.commandLine(), "name either FILEs or --bootstrap HOST:PORT");
        }
        Writer writer = new Writer();
        if (bootstrap == null) {
            for (Path file : files) {
                read(file, writer);
            }
        } else {
            TopicRecords.forEach(client(), topic(), writer);
        }
        spec.commandLine().getOut().flush();
        return writer.incomplete ? ExitCode.JOB_FAILED : ExitCode.OK;
    }

    private static void read(Path file, Writer writer) {
        if (!Files.isReadable(file)) {
            throw new CommandException(ExitCode.BAD_INPUT, file + ": there is no such file, or it cannot be read");
        }
        try {
            FileRecords.forEach(file, writer);
        } catch (IOException e) {
            throw new CommandException(ExitCode.BAD_INPUT, e.getMessage(), e);
        }
    }

    private String topic() {
        if (topic != null) {
            return topic;
        }
        return format == ExportFormat.DEEPGRAM ? Topics.TRANSCRIPTS : Topics.CALLS;
    }

    private Map<String, String> client() {
        Map<String, String> client = new HashMap<>();
        options.forEach((key, value) -> {
            if (!key.startsWith(JobOptions.KAFKA_PREFIX)) {
                throw new ParameterException(
                        spec.commandLine(), "-D " + key + ": only keys that begin with " + JobOptions.KAFKA_PREFIX);
            }
            client.put(key.substring(JobOptions.KAFKA_PREFIX.length()), value);
        });
        client.put("bootstrap.servers", bootstrap);
        return client;
    }

    /** Writes as it reads, so that a topic of any size goes through. */
    private final class Writer implements RecordHandler {
        private final PrintWriter out = spec.commandLine().getOut();
        private boolean incomplete;

        @Override
        public void call(CallRecord call) {
            if (call.getTextOmitted() || call.getTurnsOmitted() > 0) {
                incomplete = true;
                spec.commandLine()
                        .getErr()
                        .println("amanuensis: the record of call " + call.getCallId()
                                + " is without some of its texts or turns for its size: export its transcripts");
                return;
            }
            format.of(call).forEach(out::println);
        }

        @Override
        public void transcript(Transcript transcript) {
            out.println(format.of(transcript).get(0));
        }
    }
}
