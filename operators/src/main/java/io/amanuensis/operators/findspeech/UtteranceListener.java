package io.amanuensis.operators.findspeech;

/**
 * Follows utterances while they are spoken. Calls fall at the ends of the detector's frames, so what is told, and when on the
 * call's clock, is a function of the sound alone. After a restore the calls go on where the checkpoint was.
 */
public interface UtteranceListener {
    /** Follows nothing. */
    UtteranceListener NONE = new UtteranceListener() {
        @Override
        public void mayBegin(OpenUtterance utterance, double certainSamples) {}

        @Override
        public void didNotBegin(OpenUtterance utterance) {}

        @Override
        public void began(OpenUtterance utterance) {}

        @Override
        public void heard(OpenUtterance utterance, int frameSamples) {}

        @Override
        public void ended(OpenUtterance utterance, long endSample) {}
    };

    /**
     * One more frame has been judged, and there may be the beginning of an utterance.
     *
     * @param utterance what it would be; there is no sound of it yet
     * @param certainSamples how many samples of certain speech would weigh as much as what has been heard of it
     */
    void mayBegin(OpenUtterance utterance, double certainSamples) throws Exception;

    /** What might have begun was too short, or too little like speech. */
    void didNotBegin(OpenUtterance utterance) throws Exception;

    /** There is enough speech for an utterance, at {@link OpenUtterance#heardEndSample}. */
    void began(OpenUtterance utterance) throws Exception;

    /**
     * One more frame has been judged and the utterance goes on; also right after {@link #began}.
     *
     * @param frameSamples how far {@link OpenUtterance#heardEndSample} has moved since the frame before, so that fixed positions
     *     are seen to be passed without state
     */
    void heard(OpenUtterance utterance, int frameSamples) throws Exception;

    /**
     * A pause, a gap, the end of the channel, or a full window. The utterance's window is emitted next.
     *
     * @param endSample where the window ends
     */
    void ended(OpenUtterance utterance, long endSample) throws Exception;
}
