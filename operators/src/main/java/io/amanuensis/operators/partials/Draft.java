package io.amanuensis.operators.partials;

/** What is known of an utterance while it is spoken: keyed state. */
public final class Draft {
    /** Where the sound ends that the newest hypothesis rests on, samples on the call's clock. */
    public long coveredEndSample;
    /** Where the piece under way begins. */
    public long pieceStartSample;
    /** Text of earlier pieces, which stands. */
    public String earlier = "";
    /** Of the piece under way: what two hypotheses in a row agreed on. */
    public String agreed = "";
    /** What the newest hypothesis says behind it. */
    public String tail = "";

    public Draft() {}

    Draft(long startSample) {
        coveredEndSample = startSample;
        pieceStartSample = startSample;
    }

    /** What will not change any more. */
    String committed() {
        return TextUnits.append(earlier, agreed);
    }

    /** All of it; begins with {@link #committed}. */
    String text() {
        return TextUnits.append(committed(), tail);
    }
}
