package io.amanuensis.job.acceptance;

import io.amanuensis.job.JobOptions;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.transcribe.FileTranscription;
import io.amanuensis.job.transcribe.Recording;
import io.amanuensis.schemas.ChannelRole;
import java.util.List;
import org.apache.flink.configuration.Configuration;

/**
 * What {@link NpuFaultsTest} runs in a process of its own: the job over one recording, {@code MODEL SOUND [KEY=VALUE ...]}, with a line
 * on the standard output for every transcript and every dead letter.
 */
final class NpuFaultsProgram {
    private NpuFaultsProgram() {}

    public static void main(String[] arguments) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(JobOptions.MODEL_PATH, arguments[0]);
        for (String option : List.of(arguments).subList(2, arguments.length)) {
            int equals = option.indexOf('=');
            configuration.setString(option.substring(0, equals), option.substring(equals + 1));
        }
        Call call = new Call("npu", "call", 0, List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER), "en");
        new FileTranscription(List.of(new Recording(arguments[1], call)), 1000, configuration)
                .run(
                        transcript -> System.out.println(String.join(
                                "\t",
                                "TRANSCRIPT",
                                transcript.getId(),
                                transcript.getStartMs() + "-" + transcript.getEndMs(),
                                transcript.getBackEnd(),
                                transcript.getEncoderChecksum(),
                                transcript.getText())),
                        letter -> System.out.println("DEAD LETTER\t" + letter));
        System.out.println("DONE");
    }
}
