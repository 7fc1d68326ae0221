package io.amanuensis.operators.publish;

import io.amanuensis.schemas.RecordHeaders;

/** How the values of produced records are written. */
public enum OutputEncoding {
    /** Avro's single-object encoding. */
    AVRO(RecordHeaders.AVRO),
    /** {@link io.amanuensis.schemas.PlainJson}: larger, and readable without the schemas. */
    JSON(RecordHeaders.JSON);

    private final String contentType;

    OutputEncoding(String contentType) {
        this.contentType = contentType;
    }

    /** Value of the header {@link RecordHeaders#CONTENT_TYPE}. */
    public String contentType() {
        return contentType;
    }
}
