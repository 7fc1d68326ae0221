package io.amanuensis.operators.element;

import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Turn;
import io.amanuensis.schemas.Word;
import java.util.List;

/** A transcript in short, as it is kept until its call is over: in state. Treated as immutable. */
public final class SpokenTurn {
    private static final double CONFIDENCE_STEPS = 10_000;

    public String transcriptId;
    public int channel;
    /** From the first word to the last on the call's clock, ms; of the window, if the words have no times. */
    public long startMs;

    public long endMs;
    /** Null once it is known that the call's texts will not fit into its record. */
    public String text;

    public int words;
    public String language;
    /** Mean probability of the words, or of the tokens if words have none, in steps of 0.0001. */
    public double confidence;

    public SpokenTurn() {}

    public static SpokenTurn of(Transcript transcript) {
        List<Word> words = transcript.getWords();
        SpokenTurn turn = new SpokenTurn();
        turn.transcriptId = transcript.getId();
        turn.channel = transcript.getChannel();
        turn.text = transcript.getText().strip();
        turn.language = transcript.getLanguage();
        if (words.isEmpty()) {
            turn.startMs = transcript.getStartMs();
            turn.endMs = transcript.getEndMs();
            turn.words = turn.text.isEmpty() ? 0 : turn.text.split("\\s+").length;
            turn.confidence = rounded(Math.exp(transcript.getAverageLogProbability()));
        } else {
            turn.startMs = words.get(0).getStartMs();
            turn.endMs = words.get(words.size() - 1).getEndMs();
            turn.words = words.size();
            turn.confidence = rounded(
                    words.stream().mapToDouble(Word::getProbability).average().orElseThrow());
        }
        return turn;
    }

    private static double rounded(double confidence) {
        return Math.rint(confidence * CONFIDENCE_STEPS) / CONFIDENCE_STEPS;
    }

    /** As it is published. @param interrupts whether somebody else was speaking when it began */
    public Turn toRecord(boolean interrupts) {
        return new Turn(transcriptId, channel, startMs, endMs, text, words, language, confidence, interrupts);
    }

    public SpokenTurn withoutText() {
        SpokenTurn turn = new SpokenTurn();
        turn.transcriptId = transcriptId;
        turn.channel = channel;
        turn.startMs = startMs;
        turn.endMs = endMs;
        turn.words = words;
        turn.language = language;
        turn.confidence = confidence;
        return turn;
    }
}
