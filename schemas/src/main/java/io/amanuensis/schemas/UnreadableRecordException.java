package io.amanuensis.schemas;

/** Bytes that are not a record of the expected type. The message says what is wrong with them and never quotes them whole. */
public final class UnreadableRecordException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableRecordException(String message) {
        super(message);
    }

    UnreadableRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
