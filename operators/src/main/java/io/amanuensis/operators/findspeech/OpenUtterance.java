package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.PcmWindow;

/** What is being said: the utterance under way. Shows the state of the moment and is valid until the listener returns. */
public interface OpenUtterance {
    CallChannel channel();

    /** Of the span and window that it will become. Together with the channel this names the utterance for good. */
    long index();

    /** Where its window will begin, on the call's clock, samples at 16 kHz. Does not change; its id is derived from it. */
    long startSample();

    /** Where the first frame of speech began; behind a seam, where the window begins. */
    long speechStartSample();

    /** Where the last frame of speech ended so far. */
    long speechEndSample();

    /** Where the last judged frame ended: how much of the utterance is known. */
    long heardEndSample();

    /** Whether it goes on where the window before was full and had to be cut. */
    boolean continuesSeam();

    /** The sound from the start to {@link #heardEndSample}, read from the state, as the window that it would be now. */
    PcmWindow soFar() throws Exception;
}
