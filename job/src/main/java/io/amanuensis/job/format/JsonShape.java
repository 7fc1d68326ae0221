package io.amanuensis.job.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whisper's result object. Beside Whisper's keys each segment has {@code channel} and {@code speaker}. Texts carry no leading
 * blank, and {@code seek} and {@code temperature} are left out: a stream has neither.
 */
final class JsonShape {
    private static final double MS_PER_SECOND = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectWriter PRETTY =
            JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private JsonShape() {}

    static String of(Recording recording) throws JsonProcessingException {
        List<Transcript> transcripts = recording.transcripts();
        ObjectNode result = JSON.createObjectNode();
        result.put(
                "text",
                transcripts.stream()
                        .map(transcript -> transcript.getText().strip())
                        .collect(Collectors.joining(" ")));
        for (int id = 0; id < transcripts.size(); id++) {
            result.withArray("segments").add(segment(id, transcripts.get(id)));
        }
        result.withArray("segments");
        result.put("language", transcripts.isEmpty() ? null : transcripts.get(0).getLanguage());
        return PRETTY.writeValueAsString(result);
    }

    private static ObjectNode segment(int id, Transcript transcript) {
        ObjectNode segment = JSON.createObjectNode()
                .put("id", id)
                .put("start", transcript.getStartMs() / MS_PER_SECOND)
                .put("end", transcript.getEndMs() / MS_PER_SECOND)
                .put("channel", transcript.getChannel())
                .put("speaker", Recording.speaker(transcript))
                .put("text", transcript.getText().strip());
        segment.set("tokens", JSON.valueToTree(transcript.getTokens()));
        segment.put("avg_logprob", transcript.getAverageLogProbability())
                .put("compression_ratio", transcript.getCompressionRatio())
                .put("no_speech_prob", transcript.getNoSpeechProbability());
        transcript.getWords().forEach(word -> segment.withArray("words").add(word(word)));
        return segment;
    }

    private static ObjectNode word(Word word) {
        return JSON.createObjectNode()
                .put("word", word.getText())
                .put("start", word.getStartMs() / MS_PER_SECOND)
                .put("end", word.getEndMs() / MS_PER_SECOND)
                .put("probability", word.getProbability());
    }
}
