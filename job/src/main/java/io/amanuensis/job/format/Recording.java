package io.amanuensis.job.format;

import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import java.util.Comparator;
import java.util.List;

/** The transcripts of one recording in the order they were spoken, and whether a reader must be told who speaks. */
final class Recording {
    private static final Comparator<Transcript> AS_SPOKEN =
            Comparator.comparingLong(Transcript::getStartMs).thenComparingInt(Transcript::getChannel);

    private final List<Transcript> transcripts;
    private final boolean manyChannels;

    Recording(List<Transcript> transcripts) {
        this.transcripts = transcripts.stream().sorted(AS_SPOKEN).toList();
        this.manyChannels =
                transcripts.stream().map(Transcript::getChannel).distinct().count() > 1;
    }

    List<Transcript> transcripts() {
        return transcripts;
    }

    boolean manyChannels() {
        return manyChannels;
    }

    /** Role of the speaker, or {@code channel N} if it is not known. */
    static String speaker(Transcript transcript) {
        return transcript.getRole() == ChannelRole.UNKNOWN
                ? "channel " + transcript.getChannel()
                : transcript.getRole().name();
    }
}
