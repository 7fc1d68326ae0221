package io.amanuensis.job.transcribe;

import io.amanuensis.job.files.Call;
import java.io.Serializable;

/**
 * A recording to transcribe.
 *
 * @param file its name; a string since paths cannot be sent to an operator
 */
public record Recording(String file, Call call) implements Serializable {}
