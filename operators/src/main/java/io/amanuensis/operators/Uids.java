package io.amanuensis.operators;

import java.util.List;

/**
 * The name of every stage: its uid, its metric group and, without hyphens, its package. A uid binds an operator to its state
 * in savepoints, so none of these may ever change; a test compares the job graph with a checked-in list.
 */
public final class Uids {
    public static final String READ = "read";
    public static final String FETCH = "fetch";
    public static final String SEQUENCE = "sequence";
    public static final String DECODE_AUDIO = "decode-audio";
    public static final String FIND_SPEECH = "find-speech";
    public static final String FEATURIZE = "featurize";
    public static final String ENCODE = "encode";
    public static final String DECODE = "decode";
    public static final String ALIGN = "align";
    public static final String UNPACK = "unpack";
    public static final String GUARD = "guard";
    public static final String ASSEMBLE = "assemble";
    public static final String HYPOTHESIZE = "hypothesize";
    public static final String PARTIALS = "partials";
    public static final String ACCOUNT = "account";
    public static final String PUBLISH_TRANSCRIPTS = "publish-transcripts";
    public static final String PUBLISH_CALLS = "publish-calls";
    public static final String PUBLISH_SUPPRESSED = "publish-suppressed";
    public static final String PUBLISH_DEAD_LETTERS = "publish-dead-letters";
    public static final String PUBLISH_PARTIALS = "publish-partials";
    public static final String PUBLISH_RETRY = "publish-retry";
    public static final String READ_RETRY = "read-retry";
    public static final String UNPARK = "unpark";
    public static final String SETTLE = "settle";
    public static final String PUBLISH_REPLAYED = "publish-replayed";
    public static final String READ_REPLAYED = "read-replayed";
    public static final String AMEND = "amend";

    /** In the order of the data; then the way of partials, and that of windows that were parked. */
    public static final List<String> ALL = List.of(
            READ,
            FETCH,
            SEQUENCE,
            DECODE_AUDIO,
            FIND_SPEECH,
            FEATURIZE,
            ENCODE,
            DECODE,
            ALIGN,
            UNPACK,
            GUARD,
            ASSEMBLE,
            ACCOUNT,
            PUBLISH_TRANSCRIPTS,
            PUBLISH_CALLS,
            PUBLISH_SUPPRESSED,
            PUBLISH_DEAD_LETTERS,
            HYPOTHESIZE,
            PARTIALS,
            PUBLISH_PARTIALS,
            PUBLISH_RETRY,
            READ_REPLAYED,
            AMEND);

    /** Of the job that replays the retry topic, in the order of the data. */
    public static final List<String> RETRY = List.of(
            READ_RETRY,
            UNPARK,
            FEATURIZE,
            ENCODE,
            DECODE,
            ALIGN,
            UNPACK,
            GUARD,
            SETTLE,
            PUBLISH_TRANSCRIPTS,
            PUBLISH_SUPPRESSED,
            PUBLISH_DEAD_LETTERS,
            PUBLISH_RETRY,
            PUBLISH_REPLAYED);

    private Uids() {}
}
