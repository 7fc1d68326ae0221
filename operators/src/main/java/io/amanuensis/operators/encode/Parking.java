package io.amanuensis.operators.encode;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.align.Transcripts;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.retry.ParkedWindows;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ParkedReason;
import io.amanuensis.schemas.ParkedWindow;
import java.io.Serializable;

/** Which windows are parked, and as what. */
public final class Parking implements Serializable {
    private static final long serialVersionUID = 1;

    private final BackEndPolicy policy;
    private final int mostParkings;

    Parking(BackEndPolicy policy, int mostParkings) {
        this.policy = policy;
        this.mostParkings = mostParkings;
    }

    /** The result that says so; or that the window is given up, after too many times or for its size. */
    EncodedWindow park(PcmWindow window, EngineFacts engine, String why) {
        if (window.parkings() >= mostParkings) {
            return givenUp(window, engine, "Given up after being parked %d times: %s".formatted(mostParkings, why));
        }
        if (!ParkedWindows.fits(window)) {
            return givenUp(window, engine, "Too long to be parked: " + why);
        }
        return EncodedWindow.failed(
                window.info(),
                engine,
                Level.PARKED,
                new WindowFailure(Uids.ENCODE, DeadLetterCause.PARKED, "Parked for a later try: " + why));
    }

    private static EncodedWindow givenUp(PcmWindow window, EngineFacts engine, String message) {
        return EncodedWindow.failed(
                window.info(), engine, new WindowFailure(Uids.ENCODE, DeadLetterCause.ENGINE_DEVICE, message));
    }

    /** The record of a window that was parked; null for any other result. */
    public ParkedWindow record(PcmWindow window, EncodedWindow result) {
        if (result.level() != Level.PARKED) {
            return null;
        }
        return ParkedWindows.record(
                window,
                Transcripts.id(
                        window.info().channel,
                        window.info().startMs(),
                        result.engine().modelHash()),
                policy == BackEndPolicy.DEVICE ? ParkedReason.DEVICE_OUT : ParkedReason.OVERLOAD,
                result.failure().message(),
                result.engine());
    }
}
