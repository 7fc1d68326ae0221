package io.amanuensis.job.cli;

import io.amanuensis.job.JobOptions;
import io.amanuensis.job.JobOptions.BackEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/** The options that {@code demo} and {@code transcribe} share: the model, and any option of the job or of Flink. */
final class JobSettings {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Whisper model in Hugging Face's layout. Default: the bundled demonstration model.")
    private Path model;

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "Any option of the job or of Flink.")
    private final Map<String, String> options = new LinkedHashMap<>();

    /** @throws CommandException if there is no such model */
    Configuration configuration() {
        Configuration configuration = Configuration.fromMap(options);
        boolean needsModel = configuration.get(JobOptions.MODEL_BACK_END) != BackEnd.ECHO;
        if (needsModel && !configuration.contains(JobOptions.MODEL_PATH)) {
            configuration.set(JobOptions.MODEL_PATH, modelPath().toString());
        }
        return configuration;
    }

    private Path modelPath() {
        if (model == null) {
            return Installation.current().demoModel();
        }
        if (!Files.isRegularFile(model.resolve("config.json"))) {
            throw new CommandException(
                    ExitCode.BAD_INPUT,
                    model + " is no model folder: it has no config.json. Name a folder in Hugging Face's layout");
        }
        return model.toAbsolutePath();
    }
}
