package io.amanuensis.job.cli;

import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PartialKind;
import io.amanuensis.schemas.Transcript;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is being said, on the last lines of a terminal: one line for each channel on which somebody speaks, which changes in place.
 * Whoever prints something else calls {@link #erase} before and {@link #draw} behind it. Not thread-safe.
 */
final class LiveSpeech {
    private static final int MOST_LINES = 12;
    private static final int LEAST_TEXT = 20;
    private static final String ERASE_TO_END = "\033[J";
    private static final String FAINT = "\033[2m";
    private static final String PLAIN = "\033[0m";

    private final PrintWriter out;
    private final int columns;
    private final Map<String, Line> lines = new TreeMap<>();
    /** By channel: where its newest final begins; news of an utterance that is not newer comes too late. */
    private final Map<String, Long> finalStartsMs = new HashMap<>();

    private int drawn;

    private record Line(String id, String head, String committed, String text) {}

    /** @param columns of the terminal */
    LiveSpeech(PrintWriter out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    void heard(Partial partial) {
        String channel = channel(partial.getCallId(), partial.getChannel());
        if (partial.getStartMs() <= finalStartsMs.getOrDefault(channel, -1L)) {
            return;
        }
        if (partial.getKind() == PartialKind.HYPOTHESIS) {
            String head = String.format(Locale.ROOT, "%-22s %-9s ", partial.getCallId(), partial.getRole());
            lines.put(channel, new Line(partial.getId(), head, partial.getCommitted(), partial.getText()));
        }
    }

    void said(Transcript transcript) {
        String channel = channel(transcript.getCallId(), transcript.getChannel());
        finalStartsMs.merge(channel, transcript.getStartMs(), Math::max);
        Line line = lines.get(channel);
        if (line != null && line.id.equals(transcript.getId())) {
            lines.remove(channel);
        }
    }

    /** Nobody speaks in it any more. */
    void ended(CallRecord call) {
        lines.keySet().removeIf(channel -> channel.startsWith(call.getCallId() + "/"));
    }

    void erase() {
        if (drawn > 0) {
            out.print("\r\033[" + drawn + "A" + ERASE_TO_END);
            drawn = 0;
        }
    }

    void draw() {
        Iterator<Line> each = lines.values().iterator();
        for (drawn = 0; drawn < MOST_LINES && each.hasNext(); drawn++) {
            out.println(shown(each.next()));
        }
        out.flush();
    }

    /** The end of what does not fit, which is what changes. */
    private String shown(Line line) {
        String head = line.head.substring(0, Math.min(line.head.length(), Math.max(0, columns - LEAST_TEXT)));
        String text = line.text.replaceAll("\\p{Cntrl}", " ");
        int room = columns - head.length();
        int from = Math.max(0, text.length() - room);
        int confirmed = Math.max(from, Math.min(line.committed.length(), text.length()));
        return head + text.substring(from, confirmed) + FAINT + text.substring(confirmed) + PLAIN;
    }

    private static String channel(String callId, int channel) {
        return callId + "/" + channel;
    }
}
