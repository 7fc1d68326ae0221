package io.amanuensis.job.bench;

import java.util.List;

/** What threads beside native computation work at, told by their names. */
public enum Work {
    /** The JVM's compilers: done after minutes to an hour, so a benchmark sees more of it than a job does. */
    COMPILING("the JVM's compilers", "C1 ", "C2 "),
    /** The VM thread is one with the serial collector. */
    COLLECTING("its garbage collector", "GC Thread", "G1 ", "VM Thread"),
    /** The tasks' own threads, less native computation, which is theirs and their helpers'. */
    STAGES(
            "the stages",
            "Source: read",
            "fetch",
            "sequence",
            "featurize",
            "encode",
            "decode",
            "align",
            "hypothesize",
            "assemble",
            "partials",
            "account",
            "publish-"),
    /** What is written and deleted, RocksDB's own threads, and the job manager, which has little else to do. */
    CHECKPOINTS(
            "checkpoints, RocksDB and the job manager",
            "AsyncOperations",
            "Channel state",
            "Flink-RocksDB",
            "rocksdb:",
            "jobmanager",
            "flink-scheduler",
            "flink-pekko",
            "flink-rest",
            "Flink-RestClust",
            "Checkpoint Time"),
    /** Of Flink, and at fixed times: buffers flushed ten times a second, timers, metrics. */
    TIMERS("Flink's timers and metrics", "OutputFlusher", "Time Trigger", "System Time Tri", "flink-metrics"),
    /** Those in the task managers. */
    CLIENTS("Kafka's clients", "kafka-producer-", "Source Data Fet"),
    /** On a cluster it is elsewhere. */
    BROKER(
            "the broker in this process",
            "data-plane-kafk",
            "kafka-1-",
            "kafka-scheduler",
            "kafka-log",
            "quorum-",
            "raft-",
            "broker-1-",
            "executor-",
            "group-coordinat",
            "transaction-",
            "ExpirationReape",
            "TxnMarkerSender",
            "AddPartitionsTo",
            "metrics-meter-t");

    private final String meaning;
    private final List<String> threads;

    /** @param threads how their names begin; Linux knows the first 15 characters of a name */
    Work(String meaning, String... threads) {
        this.meaning = meaning;
        this.threads = List.of(threads);
    }

    /** For people. */
    public String meaning() {
        return meaning;
    }

    boolean isOf(String threadName) {
        return threads.stream().anyMatch(threadName::startsWith);
    }
}
