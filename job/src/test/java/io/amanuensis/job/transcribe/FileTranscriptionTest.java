package io.amanuensis.job.transcribe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.JobOptions;
import io.amanuensis.job.JobOptions.BackEnd;
import io.amanuensis.job.files.AudioFileException;
import io.amanuensis.job.files.Call;
import io.amanuensis.operators.Uids;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Transcript;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;

/** Through the whole topology, with the echo back end: its text is a function of the sound alone. */
class FileTranscriptionTest {
    private final List<Transcript> transcripts = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();

    @Test
    void everyChannelOfEveryFileIsTranscribedToItsEnd() throws Exception {
        Recording call =
                recording(DemoModel.TEST_SET.resolve("call-1-late-order.wav"), ChannelRole.AGENT, ChannelRole.CUSTOMER);
        Recording utterance = recording(DemoModel.TEST_SET.resolve("utterance-00-espeak_seen-clean.wav"));

        transcription(call, utterance).run(transcripts::add, deadLetters::add);

        assertThat(deadLetters).isEmpty();
        assertThat(of(utterance)).isNotEmpty().allSatisfy(transcript -> {
            assertThat(transcript.getRole()).isEqualTo(ChannelRole.UNKNOWN);
            assertThat(transcript.getEndMs()).isBetween(2000L, 3334L);
        });
        assertThat(of(call)).extracting(Transcript::getRole).contains(ChannelRole.AGENT, ChannelRole.CUSTOMER);
        for (int channel = 0; channel < 2; channel++) {
            int wanted = channel;
            List<Transcript> spoken = of(call).stream()
                    .filter(transcript -> transcript.getChannel() == wanted)
                    .toList();
            assertThat(spoken).isSortedAccordingTo(Comparator.comparingLong(Transcript::getStartMs));
            // The agent speaks last, until 74.4 s; the customer until 71.6 s.
            assertThat(spoken.get(spoken.size() - 1).getEndMs()).isBetween(71_000L, 75_354L);
        }
    }

    /** The cluster of this process offers what the encoder's slots ask for. */
    @Test
    void theSlotsOfAnNpuAreFoundInThisProcess() throws Exception {
        Recording utterance = recording(DemoModel.TEST_SET.resolve("utterance-00-espeak_seen-clean.wav"));
        Configuration configuration = new Configuration();
        configuration.set(JobOptions.MODEL_BACK_END, BackEnd.NPU);
        configuration.set(JobOptions.NPU_DEVICE, JobOptions.NpuDevice.ECHO);
        configuration.set(JobOptions.NPU_PARALLELISM, 2);
        configuration.set(JobOptions.CPU_SLOT_RESOURCE_NAME, "cpu-slot");
        List<Transcript> besideAnNpu = new ArrayList<>();

        new FileTranscription(List.of(utterance), 1000, configuration).run(besideAnNpu::add, deadLetters::add);

        transcription(utterance).run(transcripts::add, deadLetters::add);
        assertThat(deadLetters).isEmpty();
        assertThat(besideAnNpu).isNotEmpty().extracting(Transcript::getText).isEqualTo(texts(transcripts));
    }

    private static List<CharSequence> texts(List<Transcript> transcripts) {
        return transcripts.stream()
                .map(transcript -> (CharSequence) transcript.getText())
                .toList();
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        Recording absent = recording(Path.of("absent.wav"));

        assertThatThrownBy(() -> transcription(absent).run(transcripts::add, deadLetters::add))
                .isInstanceOf(ExecutionException.class)
                .satisfies(e -> assertThat(ExceptionUtils.findSerializedThrowable(
                                e, AudioFileException.class, getClass().getClassLoader()))
                        .hasValueSatisfying(
                                cause -> assertThat(cause).hasMessageContaining("absent.wav: does not exist")));
    }

    @Test
    void theStagesAreThoseOfTheJobOnKafka() throws Exception {
        try (LocalResults results = new LocalResults()) {
            List<String> uids =
                    transcription(recording(Path.of("any.wav")))
                            .environment(results)
                            .getStreamGraph()
                            .getStreamNodes()
                            .stream()
                            .map(StreamNode::getTransformationUID)
                            .filter(uid -> !uid.equals(FileTranscription.RECORDINGS_UID))
                            .toList();
            // No segment of a recording refers to its payload, and no window of it is parked.
            List<String> others = List.of(Uids.FETCH, Uids.READ_REPLAYED, Uids.AMEND);
            assertThat(uids)
                    .containsExactlyInAnyOrderElementsOf(Uids.ALL.stream()
                            .filter(uid -> !others.contains(uid))
                            .toList());
        }
    }

    private static FileTranscription transcription(Recording... recordings) {
        Configuration configuration = new Configuration();
        configuration.set(JobOptions.MODEL_BACK_END, BackEnd.ECHO);
        return new FileTranscription(List.of(recordings), 1000, configuration);
    }

    private static Recording recording(Path file, ChannelRole... roles) {
        return new Recording(
                file.toString(),
                new Call("local", file.toString(), 0, Stream.of(roles).toList(), "en"));
    }

    private List<Transcript> of(Recording recording) {
        return transcripts.stream()
                .filter(transcript ->
                        transcript.getCallId().equals(recording.call().callId()))
                .toList();
    }
}
