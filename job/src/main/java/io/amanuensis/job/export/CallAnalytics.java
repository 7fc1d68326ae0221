package io.amanuensis.job.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Turn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * A call as the output of Amazon Transcribe Call Analytics: the transcript turn by turn, and the characteristics of the conversation.
 * What needs more than text and times (sentiment, loudness, issues) is left out. Talk of several channels of one role is added up.
 * Instances of non-talk time are those of {@link #MIN_NON_TALK_MS} and more.
 *
 * <p>Source: Amazon Transcribe Developer Guide, Post-call analytics output.
 */
public final class CallAnalytics {
    static final long MIN_NON_TALK_MS = 3_000;
    private static final double MS_PER_MINUTE = 60_000;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CallRecord call;
    private final Map<Integer, String> roles = new LinkedHashMap<>();

    private CallAnalytics(CallRecord call) {
        this.call = call;
        call.getChannels().forEach(channel -> roles.put(channel.getChannel(), role(channel)));
    }

    public static ObjectNode of(CallRecord call) {
        return new CallAnalytics(call).json();
    }

    private ObjectNode json() {
        ObjectNode json = JSON.objectNode();
        json.put("JobStatus", "COMPLETED");
        json.put("JobName", call.getCallId());
        json.put("LanguageCode", language());
        json.put("Channel", "VOICE");
        ArrayNode participants = json.putArray("Participants");
        roles.values().stream()
                .distinct()
                .forEach(role -> participants.addObject().put("ParticipantRole", role));
        json.putObject("ContentMetadata").put("Output", "Raw");
        ArrayNode transcript = json.putArray("Transcript");
        call.getTurns().forEach(turn -> transcript.add(turn(turn)));
        json.set("ConversationCharacteristics", characteristics());
        return json;
    }

    private ObjectNode turn(Turn turn) {
        return JSON.objectNode()
                .put("Id", turn.getTranscriptId())
                .put("ParticipantRole", roles.get(turn.getChannel()))
                .put("BeginOffsetMillis", turn.getStartMs())
                .put("EndOffsetMillis", turn.getEndMs())
                .put("Content", turn.getText());
    }

    private ObjectNode characteristics() {
        ObjectNode characteristics = JSON.objectNode();
        characteristics.put("TotalConversationDurationMillis", call.getEndMs() - call.getStartMs());
        characteristics.set("NonTalkTime", nonTalk());
        characteristics.set("Interruptions", interruptions());
        ObjectNode speeds = characteristics.putObject("TalkSpeed").putObject("DetailsByParticipant");
        ObjectNode talk = characteristics.putObject("TalkTime");
        ObjectNode times = talk.putObject("DetailsByParticipant");
        roles.values().stream().distinct().forEach(role -> {
            long talkMs = sum(role, ChannelAccount::getTalkMs);
            long words = sum(role, ChannelAccount::getWords);
            speeds.putObject(role)
                    .put("AverageWordsPerMinute", talkMs == 0 ? 0 : Math.round(words * MS_PER_MINUTE / talkMs));
            times.putObject(role).put("TotalTimeMillis", talkMs);
        });
        talk.put(
                "TotalTimeMillis",
                call.getChannels().stream().mapToLong(ChannelAccount::getTalkMs).sum());
        return characteristics;
    }

    private ObjectNode nonTalk() {
        ObjectNode nonTalk = JSON.objectNode();
        ArrayNode instances = nonTalk.putArray("Instances");
        long totalMs = 0;
        long spokenUntilMs = call.getStartMs();
        for (Turn turn : call.getTurns()) {
            totalMs += addInstance(instances, spokenUntilMs, turn.getStartMs());
            spokenUntilMs = Math.max(spokenUntilMs, turn.getEndMs());
        }
        totalMs += addInstance(instances, spokenUntilMs, call.getEndMs());
        return nonTalk.put("TotalTimeMillis", totalMs);
    }

    /** Returns its length, 0 if it is none. */
    private static long addInstance(ArrayNode instances, long startMs, long endMs) {
        if (endMs - startMs < MIN_NON_TALK_MS) {
            return 0;
        }
        instances.add(instance(startMs, endMs));
        return endMs - startMs;
    }

    private ObjectNode interruptions() {
        List<Turn> interrupting =
                call.getTurns().stream().filter(Turn::getInterrupts).toList();
        ObjectNode interruptions = JSON.objectNode()
                .put("TotalCount", interrupting.size())
                .put(
                        "TotalTimeMillis",
                        interrupting.stream()
                                .mapToLong(turn -> turn.getEndMs() - turn.getStartMs())
                                .sum());
        ObjectNode byInterrupter = interruptions.putObject("InterruptionsByInterrupter");
        interrupting.forEach(turn -> byInterrupter
                .withArray(roles.get(turn.getChannel()))
                .add(instance(turn.getStartMs(), turn.getEndMs())));
        return interruptions;
    }

    private static ObjectNode instance(long startMs, long endMs) {
        return JSON.objectNode()
                .put("BeginOffsetMillis", startMs)
                .put("DurationMillis", endMs - startMs)
                .put("EndOffsetMillis", endMs);
    }

    private long sum(String role, ToLongFunction<ChannelAccount> value) {
        return call.getChannels().stream()
                .filter(channel -> roles.get(channel.getChannel()).equals(role))
                .mapToLong(value)
                .sum();
    }

    /** In which most words were said; null if none were. */
    private String language() {
        Map<String, Integer> words = new LinkedHashMap<>();
        call.getTurns().forEach(turn -> words.merge(turn.getLanguage(), turn.getWords(), Integer::sum));
        return words.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** Call Analytics knows two; where a role is not stated the agent is on channel 0, as in its own channel definitions. */
    private static String role(ChannelAccount channel) {
        ChannelRole role = channel.getRole();
        boolean agent = role == ChannelRole.UNKNOWN ? channel.getChannel() == 0 : role != ChannelRole.CUSTOMER;
        return agent ? "AGENT" : "CUSTOMER";
    }
}
