package io.amanuensis.job.export;

import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;

/** Takes records as they are read. */
public interface RecordHandler {
    void call(CallRecord call) throws IOException;

    void transcript(Transcript transcript) throws IOException;
}
