package io.amanuensis.job.cli;

import io.amanuensis.schemas.Transcript;
import java.util.HashMap;
import java.util.Map;

/** How much sound the transcripts seen so far reach to, all channels together. */
final class TranscribedSound {
    private final Map<String, Long> endMsOfChannels = new HashMap<>();
    private long sumMs;

    /** @return the sum of the channels' latest ends, ms */
    long add(Transcript transcript) {
        String channel = transcript.getChannel() + "@" + transcript.getCallId();
        long before = endMsOfChannels.getOrDefault(channel, 0L);
        if (transcript.getEndMs() > before) {
            endMsOfChannels.put(channel, transcript.getEndMs());
            sumMs += transcript.getEndMs() - before;
        }
        return sumMs;
    }
}
