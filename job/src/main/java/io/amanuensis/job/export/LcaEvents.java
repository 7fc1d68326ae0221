package io.amanuensis.job.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Turn;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The events that Amazon's Live Call Analytics reads from its Kinesis stream: START, an ADD_TRANSCRIPT_SEGMENT for each turn, END.
 * A segment's id is that of its transcript, so sending it twice overwrites. CreatedAt is when it was spoken. Telephone numbers are
 * not known here and say so.
 *
 * <p>Source: aws-samples/amazon-transcribe-live-call-analytics, TranscriptLambdaHookFunction.md and the client's entity types.
 */
public final class LcaEvents {
    private static final String UNKNOWN_NUMBER = "unknown";
    private static final double MS_PER_SECOND = 1000;
    private static final DateTimeFormatter ISO_MS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private LcaEvents() {}

    public static List<ObjectNode> of(CallRecord call) {
        Map<Integer, ChannelRole> roles = call.getChannels().stream()
                .collect(Collectors.toMap(ChannelAccount::getChannel, ChannelAccount::getRole));
        List<ObjectNode> events = new ArrayList<>();
        events.add(boundary("START", call, call.getStartMs()));
        for (Turn turn : call.getTurns()) {
            events.add(segment(
                    call.getCallId(),
                    call.getCallStartEpochMs(),
                    channel(roles.get(turn.getChannel()), turn.getChannel()),
                    turn.getTranscriptId(),
                    turn.getStartMs(),
                    turn.getEndMs(),
                    turn.getText()));
        }
        events.add(boundary("END", call, call.getEndMs()));
        return events;
    }

    public static ObjectNode of(Transcript transcript) {
        return segment(
                transcript.getCallId(),
                transcript.getCallStartEpochMs(),
                channel(transcript.getRole(), transcript.getChannel()),
                transcript.getId(),
                transcript.getStartMs(),
                transcript.getEndMs(),
                transcript.getText().strip());
    }

    private static ObjectNode boundary(String type, CallRecord call, long ms) {
        return event(type, call.getCallId(), call.getCallStartEpochMs(), ms)
                .put("CustomerPhoneNumber", UNKNOWN_NUMBER)
                .put("SystemPhoneNumber", UNKNOWN_NUMBER);
    }

    private static ObjectNode segment(
            String callId, Instant callStart, String channel, String id, long startMs, long endMs, String text) {
        return event("ADD_TRANSCRIPT_SEGMENT", callId, callStart, endMs)
                .put("Channel", channel)
                .put("SegmentId", id)
                .put("StartTime", startMs / MS_PER_SECOND)
                .put("EndTime", endMs / MS_PER_SECOND)
                .put("Transcript", text)
                .put("IsPartial", false);
    }

    private static ObjectNode event(String type, String callId, Instant callStart, long ms) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("EventType", type)
                .put("CallId", callId)
                .put("CreatedAt", ISO_MS.format(callStart.plusMillis(ms)));
    }

    /** Live Call Analytics knows two; where a role is not stated its caller is on channel 0. */
    private static String channel(ChannelRole role, int channel) {
        return switch (role) {
            case AGENT, SUPERVISOR, IVR -> "AGENT";
            case CUSTOMER -> "CALLER";
            case UNKNOWN -> channel == 0 ? "CALLER" : "AGENT";
        };
    }
}
