package io.amanuensis.job.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Turn;
import io.amanuensis.schemas.Word;
import java.util.List;
import java.util.Locale;

/**
 * Utterances as the {@code Results} messages of Deepgram's live transcription: all final. A message made of a call's turn has no
 * words and no model, which its transcript has. {@code request_id} stands for the call, {@code model_uuid} for the model's hash.
 *
 * <p>Source: Deepgram API reference, Live Audio, message {@code Results}.
 */
public final class DeepgramResults {
    private static final double MS_PER_SECOND = 1000;
    private static final int UUID_DIGITS = 32;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private DeepgramResults() {}

    public static List<ObjectNode> of(CallRecord call) {
        return call.getTurns().stream().map(turn -> of(call, turn)).toList();
    }

    private static ObjectNode of(CallRecord call, Turn turn) {
        ObjectNode result = result(
                turn.getChannel(),
                call.getChannels().size(),
                turn.getStartMs(),
                turn.getEndMs(),
                turn.getText(),
                turn.getConfidence(),
                turn.getLanguage());
        result.putObject("metadata").put("request_id", requestId(call.getTenant(), call.getCallId()));
        return result;
    }

    public static ObjectNode of(Transcript transcript) {
        // How many channels the call has is not known to one of its utterances; there are this many at least.
        ObjectNode result = result(
                transcript.getChannel(),
                transcript.getChannel() + 1,
                transcript.getStartMs(),
                transcript.getEndMs(),
                transcript.getText().strip(),
                confidence(transcript),
                transcript.getLanguage());
        ArrayNode words = (ArrayNode) result.at("/channel/alternatives/0/words");
        transcript.getWords().forEach(word -> words.add(word(word, transcript.getLanguage())));
        ObjectNode metadata = result.putObject("metadata")
                .put("request_id", requestId(transcript.getTenant(), transcript.getCallId()));
        metadata.putObject("model_info")
                .put("name", transcript.getModelName())
                .put("version", transcript.getLibraryBuild())
                .put("arch", "whisper");
        metadata.put("model_uuid", uuid(transcript.getModelHash()));
        return result;
    }

    private static ObjectNode result(
            int channel, int channels, long startMs, long endMs, String text, double confidence, String language) {
        ObjectNode result = JSON.objectNode().put("type", "Results");
        result.putArray("channel_index").add(channel).add(channels);
        result.put("duration", (endMs - startMs) / MS_PER_SECOND)
                .put("start", startMs / MS_PER_SECOND)
                .put("is_final", true)
                .put("speech_final", true)
                .put("from_finalize", false);
        ObjectNode alternative =
                result.putObject("channel").putArray("alternatives").addObject();
        alternative.put("transcript", text).put("confidence", confidence);
        alternative.putArray("languages").add(language);
        alternative.putArray("words");
        return result;
    }

    private static ObjectNode word(Word word, String language) {
        return JSON.objectNode()
                .put("word", word.getText().toLowerCase(Locale.ROOT).replaceAll("^\\p{Punct}+|\\p{Punct}+$", ""))
                .put("start", word.getStartMs() / MS_PER_SECOND)
                .put("end", word.getEndMs() / MS_PER_SECOND)
                .put("confidence", word.getProbability())
                .put("language", language)
                .put("punctuated_word", word.getText());
    }

    /** Mean probability of the words, of the tokens if words have none. */
    private static double confidence(Transcript transcript) {
        return transcript.getWords().stream()
                .mapToDouble(Word::getProbability)
                .average()
                .orElseGet(() -> Math.exp(transcript.getAverageLogProbability()));
    }

    private static String requestId(String tenant, String callId) {
        return uuid(Digests.id(tenant, callId));
    }

    /** The first digits of a hash, written like a UUID. */
    private static String uuid(String hash) {
        String digits = (hash + "0".repeat(UUID_DIGITS)).substring(0, UUID_DIGITS);
        return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}
