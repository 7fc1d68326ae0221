package io.amanuensis.operators.element;

/**
 * What happens on a channel while somebody speaks: the input of {@code partials}, from {@code find-speech} (events) and {@code
 * hypothesize} (hypotheses). Positions are on the call's clock, samples at 16 kHz.
 */
public final class SpeechNews {
    /** What is told. */
    public enum Kind {
        STARTED,
        ENDED,
        /** {@link #decoded} is what the piece seems to say. */
        HYPOTHESIS,
        /** The engine could make nothing of the piece. */
        FAILED
    }

    public CallChannel channel;
    public Kind kind;
    /** Where the utterance begins: with the channel this names it for good. */
    public long utteranceStartSample;
    /** Events: where speech began or ended. Otherwise where the piece begins. */
    public long startSample;
    /** Where the sound ends that this rests on. */
    public long endSample;
    /** Whether the next piece begins where this one ends. */
    public boolean closing;
    /** Null unless HYPOTHESIS. */
    public Decoded decoded;

    /**
     * What was decoded, and by what.
     *
     * @param checksum CRC-32C of the encoder output, 8 hex digits
     */
    public record Decoded(String text, String language, String checksum, EngineFacts engine) {}

    public SpeechNews() {}

    /** @param speechSample where speech began or ended */
    public static SpeechNews event(
            Kind kind, CallChannel channel, long utteranceStartSample, long speechSample, long heardEndSample) {
        SpeechNews news = new SpeechNews();
        news.channel = channel;
        news.kind = kind;
        news.utteranceStartSample = utteranceStartSample;
        news.startSample = speechSample;
        news.endSample = heardEndSample;
        return news;
    }

    public static SpeechNews hypothesis(UtteranceSoFar sound, Decoded decoded) {
        return of(Kind.HYPOTHESIS, sound, decoded);
    }

    public static SpeechNews failed(UtteranceSoFar sound) {
        return of(Kind.FAILED, sound, null);
    }

    private static SpeechNews of(Kind kind, UtteranceSoFar sound, Decoded decoded) {
        SpeechNews news =
                event(kind, sound.channel(), sound.utteranceStartSample(), sound.startSample(), sound.endSample());
        news.closing = sound.closing();
        news.decoded = decoded;
        return news;
    }

    public ChannelKey key() {
        return channel.key();
    }

    @Override
    public String toString() {
        return kind + " " + channel + " " + utteranceStartSample + " [" + startSample + ", " + endSample + ")"
                + (closing ? " closing" : "") + (decoded == null ? "" : " '" + decoded.text() + "'");
    }
}
