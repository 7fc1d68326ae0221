package io.amanuensis.operators.element;

import io.amanuensis.schemas.DeadLetterCause;

/** Where a segment's payload lies, and why it could not be had. Treated as immutable. */
public final class Reference {
    public String uri;
    /** Length as stated. */
    public long bytes;
    /** Hex, as stated. */
    public String sha256;
    /** Null unless reading it failed. */
    public DeadLetterCause cause;
    /** Null with {@link #cause}. */
    public String message;

    public Reference() {}

    public Reference(String uri, long bytes, String sha256) {
        this.uri = uri;
        this.bytes = bytes;
        this.sha256 = sha256;
    }

    public Reference failed(DeadLetterCause why, String inWords) {
        Reference failed = new Reference(uri, bytes, sha256);
        failed.cause = why;
        failed.message = inWords;
        return failed;
    }
}
